//! What visits are grouped by, and how a group is shown.

use jiff::civil::Date;

use super::Report;
use crate::value::{Record, Value};

/// Dimensions of visits: names in `visit_rollup` and `conversion_rollup`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dimension {
    All,
    Referrer,
    ReferrerUrl,
    Returning,
    VisitCount,
    DaysSinceFirst,
    DaysSinceLast,
    Duration,
    Actions,
    LocalHour,
    StartHour,
    Country,
    City,
    Language,
    DeviceType,
    DeviceModel,
    Os,
    Browser,
    Engine,
    Configuration,
    Plugins,
    User,
    Variable,
    Campaign,
    CampaignSource,
    CampaignGroup,
    /// The custom dimension that the request names: of the base tables only.
    Custom,
}

impl Dimension {
    pub(crate) fn rollup_name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Referrer => "referrer",
            Self::ReferrerUrl => "referrer_url",
            Self::Returning => "returning",
            Self::VisitCount => "visit_count",
            Self::DaysSinceFirst => "days_since_first",
            Self::DaysSinceLast => "days_since_last",
            Self::Duration => "duration",
            Self::Actions => "actions",
            Self::LocalHour => "local_hour",
            Self::StartHour => "start_hour",
            Self::Country => "country",
            Self::City => "city",
            Self::Language => "language",
            Self::DeviceType => "device_type",
            Self::DeviceModel => "device_model",
            Self::Os => "os",
            Self::Browser => "browser",
            Self::Engine => "browser_engine",
            Self::Configuration => "configuration",
            Self::Plugins => "plugins",
            Self::User => "user",
            Self::Variable => "variable",
            Self::Campaign => "campaign",
            Self::CampaignSource => "campaign_source",
            Self::CampaignGroup => "campaign_group",
            Self::Custom => "",
        }
    }

    /// What the base tables need so that a row has one value of the dimension.
    pub(crate) fn unfolding(self) -> &'static str {
        match self {
            Self::Variable => " ARRAY JOIN mapKeys(variables) AS slot, mapValues(variables) AS variable",
            _ => "",
        }
    }

    /// What visitors are counted by once more: those of a row are the sums of its parts.
    pub(crate) fn parts_of_base(self) -> &'static str {
        match self {
            Self::Referrer | Self::ReferrerUrl => ", referrer_type, referrer_name, referrer_keyword, referrer_url",
            Self::Campaign | Self::CampaignSource | Self::CampaignGroup => {
                ", referrer_name, referrer_keyword, campaign"
            }
            _ => "",
        }
    }

    /// The same in the rollup.
    pub(crate) fn parts_of_rollup(self) -> &'static str {
        if self.parts_of_base().is_empty() { "" } else { ", key_1, key_2, key_3" }
    }

    /// The rows of the base tables that have the dimension.
    pub(crate) fn presence(self) -> &'static str {
        match self {
            Self::ReferrerUrl => " AND referrer_type IN (3, 7, 8)",
            Self::User => " AND user_id != ''",
            Self::Custom => " AND mapContains(dimensions, {custom:UInt32})",
            Self::Campaign | Self::CampaignSource | Self::CampaignGroup => " AND referrer_type = 6",
            _ => "",
        }
    }
}

/// What rows are grouped by: the same value from the rollup and from the base table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    ReferrerType,
    /// Keyword of a search, else the name.
    ReferrerItem,
    ReferrerName,
    ReferrerKeyword,
    ReferrerUrl,
    /// 0 new, 1 returning, 2 returning after an order.
    Returning,
    /// 0 new, 1 not.
    Loyalty,
    VisitCount,
    /// As `VisitCount`, up to what reports tell apart.
    FewVisits,
    DaysSinceFirst,
    DaysSinceLast,
    Duration,
    Actions,
    Weekday,
    LocalHour,
    StartHour,
    /// As `StartHour`, of conversions.
    Hour,
    Country,
    Region,
    City,
    Language,
    DeviceType,
    Brand,
    Model,
    Os,
    OsVersion,
    Browser,
    BrowserVersion,
    Engine,
    /// The browser of a configuration.
    ConfiguredBrowser,
    Resolution,
    Plugins,
    /// Its plugins cannot be told.
    HidesPlugins,
    User,
    VariableName,
    VariableValue,
    VariableSlot,
    Campaign,
    CampaignKeyword,
    CampaignContent,
    CampaignSource,
    CampaignMedium,
    /// The campaign of a source and medium.
    SourcedCampaign,
    CampaignId,
    CampaignGroup,
    CampaignPlacement,
    /// The value of the custom dimension that the request names.
    CustomDimension,
}

impl Key {
    /// Expression over the keys of the rollup.
    pub(crate) fn of_rollup(self) -> &'static str {
        self.expressions().0
    }

    /// Expression over `visits` and `conversions`, whose columns have the same names.
    pub(crate) fn of_base(self) -> &'static str {
        self.expressions().1
    }

    /// The same among the conversions.
    pub(crate) fn of_conversions(self) -> Self {
        if self == Self::StartHour { Self::Hour } else { self }
    }

    fn expressions(self) -> (&'static str, &'static str) {
        match self {
            Self::ReferrerType => ("key_1", "toString(referrer_type)"),
            Self::ReferrerItem => {
                ("if(key_1 = '2', key_3, key_2)", "if(referrer_type = 2, referrer_keyword, referrer_name)")
            }
            Self::ReferrerName => ("key_2", "referrer_name"),
            Self::ReferrerKeyword => ("key_3", "referrer_keyword"),
            Self::ReferrerUrl => ("key_3", "referrer_url"),
            Self::Returning => ("key_1", "toString(returning)"),
            Self::Loyalty => ("toString(key_1 != '0')", "toString(returning != 0)"),
            Self::VisitCount => ("key_1", "toString(visit_count)"),
            Self::FewVisits => ("key_1", "toString(least(visit_count, 201))"),
            Self::DaysSinceFirst => ("key_1", "toString(intDiv(ifNull(seconds_since_first, 0), 86400))"),
            Self::DaysSinceLast => ("key_2", "toString(least(intDiv(ifNull(seconds_since_last, 0), 86400), 365))"),
            Self::Duration => ("key_1", "toString(least(total_time, 1801))"),
            Self::Actions => ("key_1", "toString(least(actions, 21))"),
            Self::Weekday => ("toString(toDayOfWeek(day))", "toString(toDayOfWeek(day))"),
            Self::LocalHour => ("key_1", "toString(intDiv(local_time, 3600))"),
            Self::StartHour => ("key_1", "toString(start_hour)"),
            Self::Hour => ("key_1", "toString(hour)"),
            Self::Country => ("key_1", "toString(country)"),
            Self::Region => ("key_2", "toString(region)"),
            Self::City => ("key_3", "city"),
            Self::Language => ("key_1", "toString(language)"),
            Self::DeviceType => ("key_1", "ifNull(toString(device_type), '')"),
            Self::Brand => ("key_1", "toString(device_brand)"),
            Self::Model => ("key_2", "toString(device_model)"),
            Self::Os => ("key_1", "toString(os)"),
            Self::OsVersion => ("key_2", "toString(os_version)"),
            Self::Browser => ("key_1", "toString(browser)"),
            Self::BrowserVersion => ("key_2", "toString(browser_version)"),
            Self::Engine => ("key_1", "toString(browser_engine)"),
            Self::ConfiguredBrowser => ("key_2", "toString(browser)"),
            Self::Resolution => ("key_3", "toString(resolution)"),
            Self::Plugins => ("key_1", "toString(plugins)"),
            Self::HidesPlugins => {
                ("key_2", "toString(browser = 'IE' AND browser_version IN ('6.0', '7.0', '8.0', '9.0', '10.0'))")
            }
            Self::User => ("key_1", "user_id"),
            Self::VariableName => ("key_1", "variable.1"),
            Self::VariableValue => ("key_2", "variable.2"),
            Self::VariableSlot => ("key_3", "toString(slot)"),
            Self::Campaign => ("key_1", "referrer_name"),
            Self::CampaignKeyword => ("key_2", "referrer_keyword"),
            Self::CampaignContent => ("key_3", "campaign['content']"),
            Self::CampaignSource => ("key_1", "campaign['source']"),
            Self::CampaignMedium => ("key_2", "campaign['medium']"),
            Self::SourcedCampaign => ("key_3", "referrer_name"),
            Self::CampaignId => ("key_1", "campaign['id']"),
            Self::CampaignGroup => ("key_2", "campaign['group']"),
            Self::CampaignPlacement => ("key_3", "campaign['placement']"),
            Self::CustomDimension => ("''", "dimensions[{custom:UInt32}]"),
        }
    }
}

/// Visits by the keys of a dimension, in levels.
#[derive(Clone, Copy)]
pub(crate) struct Visits {
    pub(crate) dimension: Dimension,
    pub(crate) only: Only,
    pub(crate) levels: &'static [Level],
    pub(crate) columns: Columns,
    /// Keys of rows that are there whenever the period has a visit.
    pub(crate) always: &'static [&'static str],
    /// What is below a row, instead of the rows themselves.
    pub(crate) below: bool,
    /// What is told of periods that lack what the report is about.
    pub(crate) otherwise: Option<&'static Otherwise>,
}

/// What a report falls back to.
pub(crate) struct Otherwise {
    /// Periods where this one has no rows…
    pub(crate) without: Report,
    /// …have the rows of this one.
    pub(crate) told: Report,
}

impl Visits {
    pub(crate) const NOTHING: Self = Self::by(Dimension::All, &[]);

    pub(crate) const fn by(dimension: Dimension, levels: &'static [Level]) -> Self {
        Self { dimension, only: Only::All, levels, columns: Columns::All, always: &[], below: false, otherwise: None }
    }

    pub(crate) const fn below(self) -> Self {
        Self { below: true, ..self }
    }
}

/// Which rows of a dimension count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Only {
    All,
    /// Kinds of referrer, by their numbers.
    Referrers(&'static [u8]),
    /// Those that have the key.
    Having(Key),
}

/// Columns of a row of visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Columns {
    All,
    /// As `All`; goals come last.
    GoalsLast,
    /// As `All`; the rows that are always there have visits alone.
    FewWithoutVisits,
    /// Visitors are not told.
    NoVisitors,
    /// Users of a day are told only where there are some.
    FewUsers,
}

/// One level of a report's hierarchy; its keys extend those of the level above.
#[derive(Clone, Copy)]
pub(crate) struct Level {
    pub(crate) keys: &'static [Key],
    /// Makes the keys of rows from those of the facts: rows with the same keys are one.
    pub(crate) group: fn(&mut Vec<String>),
    /// Label, segment and metadata of a row from its keys.
    pub(crate) describe: fn(&About<'_>) -> Described,
    /// The id under which a client asks for what is below a row; `None` where there is nothing.
    pub(crate) subtable: fn(&[String]) -> Option<u64>,
    pub(crate) goals: bool,
    /// Below another row, and not asked for alone, a row shows its key and nothing else.
    pub(crate) is_plain_below: bool,
    /// In a flat answer a row's segment stands for the rows below it.
    pub(crate) selects_below: bool,
    /// Rows whose last key is empty are left out.
    pub(crate) drops_empty: bool,
    /// Rows are many, and but for those whose last key is empty each has its own keys.
    pub(crate) is_long: bool,
}

impl Level {
    pub(crate) const fn new(keys: &'static [Key], describe: fn(&About<'_>) -> Described) -> Self {
        Self {
            keys,
            group: |_| {},
            describe,
            subtable: |_| None,
            goals: false,
            is_plain_below: false,
            selects_below: false,
            drops_empty: false,
            is_long: false,
        }
    }

    pub(crate) const fn with_goals(self) -> Self {
        Self { goals: true, ..self }
    }

    /// Its rows are many.
    pub(crate) const fn long(self) -> Self {
        Self { is_long: true, ..self }
    }

    pub(crate) const fn grouped(self, group: fn(&mut Vec<String>)) -> Self {
        Self { group, ..self }
    }

    /// There is a level below, under ids made from keys.
    pub(crate) const fn with_below(self) -> Self {
        Self { subtable: |keys| Some(id_of(keys)), ..self }
    }

    pub(crate) const fn plain_below(self) -> Self {
        Self { is_plain_below: true, ..self }
    }

    pub(crate) const fn selecting_below(self) -> Self {
        Self { selects_below: true, ..self }
    }

    pub(crate) const fn without_empty(self) -> Self {
        Self { drops_empty: true, ..self }
    }
}

/// Ids are numbers that JavaScript reads without loss.
const ID_BITS: u32 = 53;

/// The id of what is below a row, from its path: FNV-1a, so that every process answers alike.
pub(crate) fn id_of(path: &[String]) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let bytes = path.iter().flat_map(|part| part.bytes().chain([0]));
    let hash = bytes.fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    (hash >> (u64::BITS - ID_BITS)).max(1)
}

/// A row that wants a name.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct About<'a> {
    pub(crate) keys: &'a [String],
    /// What the rollup notes about it.
    pub(crate) note: &'a str,
    /// The time zone of the site.
    pub(crate) zone: &'a str,
    /// The first day of the period.
    pub(crate) day: Date,
    /// The id of the custom dimension that the report is about.
    pub(crate) custom: u32,
}

impl About<'_> {
    pub(crate) fn key(&self, at: usize) -> &str {
        self.keys.get(at).map_or("", String::as_str)
    }

    pub(crate) fn last(&self) -> &str {
        self.keys.last().map_or("", String::as_str)
    }
}

/// What a row is called.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Described {
    pub(crate) label: String,
    /// The segment of a row that is not below another: before the metadata.
    pub(crate) segment: Option<String>,
    /// May hold a `segment` in a place of its own.
    pub(crate) metadata: Record,
}

impl Described {
    pub(crate) fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    pub(crate) fn segment(self, segment: String) -> Self {
        Self { segment: Some(segment), ..self }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.metadata.set(name, value);
        self
    }
}

/// Ranges of a number of visits.
pub(crate) struct VisitRanges {
    pub(crate) dimension: Dimension,
    pub(crate) keys: &'static [Key],
    /// The name of the number in segments.
    pub(crate) segment: &'static str,
    /// Label, least and most; ranges may share a bound.
    pub(crate) ranges: &'static [(&'static str, u32, Option<u32>)],
    /// Before the ranges: visits of new visitors. The ranges hold those of returning ones alone.
    pub(crate) new_first: bool,
    /// Each row tells its share of all.
    pub(crate) shares: bool,
}
