/// The metrics of a listener at one moment.
#[derive(Debug, Clone)]
pub struct Metrics {
    text: String,
}

impl Metrics {
    /// Reads Prometheus' text format.
    pub fn new(text: String) -> Self {
        Self { text }
    }

    /// Sum of all series of `name` whose labels contain `labels`, such as `reason="bot"`; 0 if none.
    pub fn sum(&self, name: &str, labels: &str) -> f64 {
        self.series(name).filter(|(found, _)| found.contains(labels)).map(|(_, value)| value).sum()
    }

    /// Whether there is any series of `name`.
    pub fn has(&self, name: &str) -> bool {
        self.series(name).next().is_some()
    }

    /// Labels and values of `name`.
    fn series<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, f64)> {
        self.text.lines().filter(|line| !line.starts_with('#')).filter_map(move |line| {
            let rest = line.strip_prefix(name)?;
            let (labels, value) = rest.rsplit_once(' ')?;
            let own = labels.is_empty() || labels.starts_with('{');
            own.then(|| Some((labels, value.parse().ok()?)))?
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_summed_by_name_and_label() {
        let text = "# HELP a x\na{r=\"b\"} 1\na{r=\"c\"} 2\nab 5\nd 7\n".to_owned();
        let metrics = Metrics::new(text);
        assert_eq!(metrics.sum("a", ""), 3.0);
        assert_eq!(metrics.sum("a", "r=\"c\""), 2.0);
        assert_eq!(metrics.sum("d", ""), 7.0);
        assert!(!metrics.has("x"));
    }
}
