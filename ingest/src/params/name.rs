//! The tracking parameters that mean something here (`tracking.md` §1.7).

use std::sync::LazyLock;

use hashbrown::HashMap;

macro_rules! names {
    ($($variant:ident $text:literal,)*) => {
        /// A parameter that is read; all others are ignored.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        #[expect(clippy::enum_variant_names, reason = "a name of an event is named so, whatever the type is called")]
        pub(crate) enum Name { $($variant,)* }

        impl Name {
            /// Every name with its text, in order of their numbers.
            pub(crate) const ALL: &[(Self, &str)] = &[$((Self::$variant, $text),)*];
        }
    };
}

names! {
    Site "idsite", Record "rec", SendImage "send_image", Token "token_auth", Bots "bots", NewVisit "new_visit",
    Ping "ping", CustomAction "ca", RecordMode "recMode", InstallCheck "tracker_install_check", Charset "cs",
    VisitorId "_id", ForcedId "cid", UserId "uid", Address "cip", Time "cdt", TimeOffset "cdo",
    UserAgent "ua", Hints "uadata", Language "lang", Hour "h", Minute "m", Second "s", Resolution "res",
    Flash "fla", Java "java", Pdf "pdf", QuickTime "qt", RealPlayer "realp", Silverlight "ag", WindowsMedia "wma",
    Cookie "cookie",
    Country "country", Region "region", City "city", Latitude "lat", Longitude "long",
    Url "url", Title "action_name", Referrer "urlref", Outlink "link", Download "download",
    Search "search", SearchCategory "search_cat", SearchCount "search_count",
    EventCategory "e_c", EventAction "e_a", EventName "e_n", EventValue "e_v",
    ContentName "c_n", ContentPiece "c_p", ContentTarget "c_t", ContentInteraction "c_i",
    PageviewId "pv_id", TimeNetwork "pf_net", TimeServer "pf_srv", TimeTransfer "pf_tfr",
    TimeDomProcessing "pf_dm1", TimeDomCompletion "pf_dm2", TimeOnLoad "pf_onl",
    VisitVariables "_cvar", PageVariables "cvar", Bandwidth "bw_bytes",
    AttributionCampaign "_rcn", AttributionKeyword "_rck", AttributionReferrer "_ref",
    Goal "idgoal", Revenue "revenue", OrderId "ec_id", Subtotal "ec_st", Tax "ec_tx", Shipping "ec_sh",
    Discount "ec_dt", Items "ec_items",
    ProductSku "_pks", ProductName "_pkn", ProductCategory "_pkc", ProductPrice "_pkp",
    PkCpn "pk_cpn", PkCampaign "pk_campaign", PiwikCampaign "piwik_campaign", MtmCampaign "mtm_campaign",
    MatomoCampaign "matomo_campaign", UtmCampaign "utm_campaign", UtmSource "utm_source", UtmMedium "utm_medium",
    PkKwd "pk_kwd", PkKeyword "pk_keyword", PiwikKwd "piwik_kwd", MtmKwd "mtm_kwd", MtmKeyword "mtm_keyword",
    MatomoKwd "matomo_kwd", UtmTerm "utm_term",
}

impl Name {
    /// How many there are.
    pub(crate) const COUNT: usize = Self::ALL.len();

    /// The name of a text, if it means something.
    pub(crate) fn of(text: &[u8]) -> Option<Self> {
        static BY_TEXT: LazyLock<HashMap<&[u8], Name>> =
            LazyLock::new(|| Name::ALL.iter().map(|(name, text)| (text.as_bytes(), *name)).collect());
        BY_TEXT.get(text).copied()
    }

    /// Its text.
    pub(crate) fn text(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// Campaign parameters that may stand beside the URL (§6.3).
    pub(crate) fn campaigns() -> impl Iterator<Item = Self> {
        Self::ALL[Self::PkCpn as usize..].iter().map(|(name, _)| *name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_by_its_text() {
        for (number, (name, text)) in Name::ALL.iter().enumerate() {
            assert_eq!(*name as usize, number);
            assert_eq!(Name::of(text.as_bytes()), Some(*name));
        }
        assert_eq!(Name::of(b"apiv"), None);
        assert_eq!(Name::campaigns().count(), 15);
    }
}
