//! The language list of a browser, and the country it suggests (`tracking.md` §8.2, §8.3).

use std::borrow::Cow;

/// Bytes of a language list that are kept.
const LANGUAGE_BYTES_MAX: usize = 255;

/// Lower case, `_` as `-`; quality values, white space and comments removed.
pub(crate) fn normalize(list: &str) -> String {
    let mut normal = String::with_capacity(list.len().min(LANGUAGE_BYTES_MAX));
    let (mut in_quality, mut comments) = (false, 0_u32);
    for c in list.chars() {
        match c {
            '(' => comments += 1,
            ')' => comments = comments.saturating_sub(1),
            _ if comments > 0 => {}
            ';' => in_quality = true,
            ',' => {
                in_quality = false;
                normal.push(',');
            }
            _ if in_quality || c.is_whitespace() => {}
            '_' => normal.push('-'),
            _ => normal.push(c.to_ascii_lowercase()),
        }
        if normal.len() >= LANGUAGE_BYTES_MAX {
            break;
        }
    }
    normal.truncate(normal.floor_char_boundary(LANGUAGE_BYTES_MAX));
    normal
}

/// The country of a normalised list: two lower-case letters. The first language stands for a country,
/// if it may, when it names none (§8.3).
pub(crate) fn country(list: &str, may_stand: bool) -> Option<Cow<'_, str>> {
    let first = list.split(',').next().unwrap_or("");
    let likely = LIKELY.iter().find(|(language, _)| *language == first).map(|(_, country)| Cow::Borrowed(*country));
    likely.filter(|_| may_stand).or_else(|| list.split(',').find_map(region_of).map(Cow::Borrowed))
}

/// The first two-letter part after the language that is a country.
fn region_of(language: &str) -> Option<&str> {
    language.split('-').skip(1).find(|part| is_country(part))
}

/// True for two lower-case letters that ISO 3166 assigns.
pub(crate) fn is_country(code: &str) -> bool {
    matches!(code.as_bytes(), [first @ b'a'..=b'z', second @ b'a'..=b'z'] if ASSIGNED[place(*first, *second)])
}

/// Whether two letters are a country, by their place: asked for every hit.
const ASSIGNED: [bool; 26 * 26] = {
    let (codes, mut assigned, mut at) = (COUNTRIES.as_bytes(), [false; 26 * 26], 0);
    while at < codes.len() {
        assigned[place(codes[at], codes[at + 1])] = true;
        at += 3;
    }
    assigned
};

const fn place(first: u8, second: u8) -> usize {
    (first - b'a') as usize * 26 + (second - b'a') as usize
}

/// All countries of ISO 3166, lower case.
pub(crate) fn countries() -> impl Iterator<Item = &'static str> {
    COUNTRIES.split_ascii_whitespace()
}

/// Languages that are at home in one country, by CLDR's likely region.
const LIKELY: &[(&str, &str)] = &[
    ("bg", "bg"),
    ("ca", "es"),
    ("cs", "cz"),
    ("da", "dk"),
    ("de", "de"),
    ("el", "gr"),
    ("es", "es"),
    ("et", "ee"),
    ("fa", "ir"),
    ("fi", "fi"),
    ("fr", "fr"),
    ("he", "il"),
    ("hr", "hr"),
    ("hu", "hu"),
    ("id", "id"),
    ("is", "is"),
    ("it", "it"),
    ("ja", "jp"),
    ("ko", "kr"),
    ("lt", "lt"),
    ("lv", "lv"),
    ("mk", "mk"),
    ("ms", "my"),
    ("nb", "no"),
    ("nl", "nl"),
    ("nn", "no"),
    ("no", "no"),
    ("pl", "pl"),
    ("pt", "pt"),
    ("ro", "ro"),
    ("ru", "ru"),
    ("sk", "sk"),
    ("sl", "si"),
    ("sq", "al"),
    ("sr", "rs"),
    ("sv", "se"),
    ("th", "th"),
    ("bo", "cn"),
    ("tr", "tr"),
    ("uk", "ua"),
];

const COUNTRIES: &str = "ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br \
    bs bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et \
    fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq \
    ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml \
    mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps \
    pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg th tj tk tl \
    tm tn to tr tt tv tw tz ua ug um us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_8_2_lists_are_normalised() {
        assert_eq!(normalize("fr-FR,fr;q=0.9, en_US ; q=0.8 (comment)"), "fr-fr,fr,en-us");
        assert_eq!(normalize(""), "");
        assert!(normalize(&"x".repeat(9999)).len() <= LANGUAGE_BYTES_MAX);
    }

    #[test]
    fn section_8_3_the_language_guesses_the_country() {
        for (list, expected) in [
            ("fr", Some("fr")),
            ("fr-be", Some("be")),
            ("en,en-us", Some("us")),
            ("en", None),
            ("zh-hans-cn", Some("cn")),
            ("es-419,es", None),
            ("pt", Some("pt")),
            ("xx-yy,de-at", Some("at")),
            ("", None),
        ] {
            assert_eq!(country(list, true).as_deref(), expected, "{list}");
        }
    }

    #[test]
    fn every_country_is_assigned_and_no_more() {
        assert!(countries().all(is_country));
        assert_eq!(ASSIGNED.iter().filter(|assigned| **assigned).count(), countries().count());
        assert!(!is_country("xx") && !is_country("DE") && !is_country("d") && !is_country("deu"));
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_lists_stay_bounded(list in ".{0,600}") {
            let normal = normalize(&list);
            proptest::prop_assert!(normal.len() <= LANGUAGE_BYTES_MAX);
            let _ = country(&normal, true);
        }
    }
}
