//! Kinds of devices (`tracking.md` §8.5).

/// What a device is; the number is what visits store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Computer.
    Desktop = 0,
    /// Phone with apps.
    Smartphone = 1,
    /// Tablet.
    Tablet = 2,
    /// Phone without apps.
    FeaturePhone = 3,
    /// Game console.
    Console = 4,
    /// Television, or what is plugged into one.
    Tv = 5,
    /// Browser of a car.
    CarBrowser = 6,
    /// Speaker with a display.
    SmartDisplay = 7,
    /// Camera.
    Camera = 8,
    /// Player of music or films.
    PortableMediaPlayer = 9,
    /// Large phone.
    Phablet = 10,
    /// Speaker.
    SmartSpeaker = 11,
    /// Watch or glasses.
    Wearable = 12,
    /// Terminal, projector and the like.
    Peripheral = 13,
}

impl Kind {
    /// All kinds, by number.
    pub const ALL: [Self; 14] = [
        Self::Desktop,
        Self::Smartphone,
        Self::Tablet,
        Self::FeaturePhone,
        Self::Console,
        Self::Tv,
        Self::CarBrowser,
        Self::SmartDisplay,
        Self::Camera,
        Self::PortableMediaPlayer,
        Self::Phablet,
        Self::SmartSpeaker,
        Self::Wearable,
        Self::Peripheral,
    ];

    /// As the lists and the reports have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Smartphone => "smartphone",
            Self::Tablet => "tablet",
            Self::FeaturePhone => "feature phone",
            Self::Console => "console",
            Self::Tv => "tv",
            Self::CarBrowser => "car browser",
            Self::SmartDisplay => "smart display",
            Self::Camera => "camera",
            Self::PortableMediaPlayer => "portable media player",
            Self::Phablet => "phablet",
            Self::SmartSpeaker => "smart speaker",
            Self::Wearable => "wearable",
            Self::Peripheral => "peripheral",
        }
    }

    /// By its name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// By the form factor of client hints.
    pub(crate) fn of_form_factor(factor: &str) -> Option<Self> {
        match factor.to_ascii_lowercase().as_str() {
            "automotive" => Some(Self::CarBrowser),
            "xr" | "watch" => Some(Self::Wearable),
            "mobile" => Some(Self::Smartphone),
            "tablet" | "eink" => Some(Self::Tablet),
            "desktop" => Some(Self::Desktop),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_8_5_kinds_have_a_number_and_a_name() {
        for (number, kind) in (0..).zip(Kind::ALL) {
            assert_eq!(kind as u8, number);
            assert_eq!(Kind::of_name(kind.name()), Some(kind));
        }
        assert_eq!(Kind::of_name(""), None);
    }
}
