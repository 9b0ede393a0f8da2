//! The further values of a hit, typed and bounded (`tracking.md` §1.7, §5.7 to §5.9, §7.6).

use std::collections::BTreeMap;

use nagare_schema::{
    Attribution, DropReason, HitKind, Item, ProductView, Settings, Text, Timings, Variables,
    named_setting::{CAMPAIGN_KEYWORDS, CAMPAIGN_NAMES, DETAILED_CAMPAIGN_NAMES},
};
use serde_json::Value as Json;

use super::{Draft, SHORT_BYTES_MAX, TEXT_BYTES_MAX};
use crate::params::{Name, Params, cents, cut, cut_chars, float, from_form, one_line, whole};

/// The largest timing that is kept, milliseconds.
const TIMING_MS_MAX: i64 = 16_777_215;
/// Characters of a custom variable's name and value.
const VARIABLE_CHARS_MAX: usize = 200;
/// Slots of custom variables.
const VARIABLE_SLOTS_MAX: u8 = 20;
/// Characters of a custom dimension's value.
const DIMENSION_CHARS_MAX: usize = 250;
/// Names that settings may have for campaigns and their keywords.
const CAMPAIGN_PARAMETERS_MAX: usize = 64;
/// Lines of an order.
const ITEMS_MAX: usize = 500;
/// Bytes of an order's lines: a hit fits into a message.
const ITEMS_BYTES_MAX: usize = 256 * 1024;
/// Categories of a product.
const CATEGORIES_MAX: usize = 5;
/// Milliseconds of each part of a page load.
const TIMINGS: [Name; 6] = [
    Name::TimeNetwork,
    Name::TimeServer,
    Name::TimeTransfer,
    Name::TimeDomProcessing,
    Name::TimeDomCompletion,
    Name::TimeOnLoad,
];

/// A timing of a page view below -1 is refused; on other hits it counts as absent (§5.7).
pub(super) fn check_timings(draft: &mut Draft<'_>) -> Result<(), DropReason> {
    if draft.kind != HitKind::PageView {
        return Ok(());
    }
    let negative = TIMINGS.iter().any(|name| draft.params.int(*name).is_some_and(|value| value < -1));
    if negative { Err(DropReason::InvalidParameter) } else { Ok(()) }
}

pub(super) fn timings(params: &Params<'_>) -> Timings {
    let of = |name| {
        let sent = params.int(name).filter(|value| (0..=TIMING_MS_MAX).contains(value));
        sent.and_then(|value| u32::try_from(value).ok())
    };
    Timings {
        network: of(Name::TimeNetwork),
        server: of(Name::TimeServer),
        transfer: of(Name::TimeTransfer),
        dom_processing: of(Name::TimeDomProcessing),
        dom_completion: of(Name::TimeDomCompletion),
        on_load: of(Name::TimeOnLoad),
    }
}

/// A text of at most [`SHORT_BYTES_MAX`] bytes.
pub(super) fn short(params: &Params<'_>, name: Name) -> Option<Text> {
    params.text(name).map(|text| cut(&text, SHORT_BYTES_MAX).into())
}

/// Campaign parameters beside the URL, under the names that the settings have for them (§6.3 step 4).
pub(super) fn campaign(params: &Params<'_>, settings: &Settings) -> BTreeMap<String, String> {
    let usual = Name::campaigns().filter_map(|name| Some((name.text(), params.text(name)?)));
    let names = [&CAMPAIGN_NAMES, &DETAILED_CAMPAIGN_NAMES, &CAMPAIGN_KEYWORDS]
        .map(|setting| (settings.named.text(setting), setting.default));
    let own = names.into_iter().filter(|(names, usual)| names != usual).flat_map(|(names, _)| names.split(','));
    let own = own.map(str::trim).take(CAMPAIGN_PARAMETERS_MAX).filter_map(|name| Some((name, params.text_of(name)?)));
    usual.chain(own).map(|(name, text)| (name.to_owned(), cut(text.trim(), SHORT_BYTES_MAX).to_owned())).collect()
}

/// `_rcn`, `_rck`, both URL-decoded once more, and `_ref` (§6.7).
pub(super) fn attribution(params: &Params<'_>) -> Option<Box<Attribution>> {
    let twice = |name| {
        let sent = params.text(name)?;
        let decoded = from_form(sent.as_bytes());
        let decoded = cut(decoded.trim(), SHORT_BYTES_MAX);
        (!decoded.is_empty()).then(|| decoded.into())
    };
    let attribution = Attribution {
        campaign: twice(Name::AttributionCampaign),
        keyword: twice(Name::AttributionKeyword),
        referrer: params.text(Name::AttributionReferrer).map(|url| one_line(&url, TEXT_BYTES_MAX).as_ref().into()),
    };
    (attribution != Attribution::default()).then(|| Box::new(attribution))
}

/// §5.8
pub(super) fn dimensions(params: &Params<'_>) -> BTreeMap<u32, Text> {
    params.dimensions().map(|(id, value)| (id, cut_chars(value.trim(), DIMENSION_CHARS_MAX).into())).collect()
}

/// `{"1":["name","value"],…}` (§5.9)
pub(super) fn variables(params: &Params<'_>, name: Name) -> Variables {
    let Some(Json::Object(slots)) = params.json(name) else { return Variables::new() };
    let text = |value: &Json| scalar(value).map(|text| Text::from(cut_chars(text.trim(), VARIABLE_CHARS_MAX)));
    let read = |(slot, pair): (&String, &Json)| {
        let slot = slot.parse::<u8>().ok().filter(|slot| (1..=VARIABLE_SLOTS_MAX).contains(slot))?;
        let [name, value] = pair.as_array()?.as_slice() else { return None };
        Some((slot, (text(name)?, text(value)?)))
    };
    slots.iter().filter_map(read).collect()
}

/// `_pks`, `_pkn`, `_pkc`, `_pkp` (§1.7)
pub(super) fn product(params: &Params<'_>) -> Option<Box<ProductView>> {
    let view = ProductView {
        sku: short(params, Name::ProductSku),
        name: short(params, Name::ProductName),
        categories: product_categories(params),
        price: params.float(Name::ProductPrice),
    };
    (view != ProductView::default()).then(|| Box::new(view))
}

/// A plain text, or a JSON list of up to five.
fn product_categories(params: &Params<'_>) -> Vec<Text> {
    let is_list = params.raw(Name::ProductCategory).is_none_or(|text| text.trim_start().starts_with("[\""));
    match params.json(Name::ProductCategory).filter(|_| is_list) {
        Some(list @ Json::Array(_)) => categories(&list),
        _ => short(params, Name::ProductCategory).into_iter().collect(),
    }
}

/// `0` is no category to PHP.
fn categories(value: &Json) -> Vec<Text> {
    let filled = |value: &Json| {
        let text = scalar(value)?;
        let text = cut(text.trim(), SHORT_BYTES_MAX);
        (!matches!(text, "" | "0")).then(|| Text::from(text))
    };
    match value {
        Json::Array(values) => values.iter().filter_map(filled).take(CATEGORIES_MAX).collect(),
        value => filled(value).into_iter().collect(),
    }
}

/// `ec_items` (§7.6): `None` when it is JSON but no list, and nothing may be recorded.
pub(super) fn items(params: &Params<'_>) -> Option<Vec<Item>> {
    let lines = match params.json(Name::Items) {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(lines)) => lines,
        // A list with names to PHP.
        Some(Json::Object(lines)) => lines.into_iter().map(|(_, line)| line).collect(),
        Some(_) => return None,
    };
    let mut bytes = 0;
    let fits = |item: &Item| {
        bytes += item.size_bound();
        bytes <= ITEMS_BYTES_MAX
    };
    Some(lines.iter().filter_map(item).take(ITEMS_MAX).take_while(fits).collect())
}

fn item(line: &Json) -> Option<Item> {
    let fields = line.as_array()?;
    let text = |at: usize| fields.get(at).and_then(joined).unwrap_or_default();
    let number = |at: usize| fields.get(at).and_then(scalar).and_then(|text| float(text.trim()));
    let sku = text(0);
    if sku.is_empty() {
        return None;
    }
    let quantity = number(4).and_then(whole).and_then(|quantity| u32::try_from(quantity).ok());
    let quantity = quantity.filter(|quantity| *quantity > 0);
    Some(Item {
        sku: sku.into(),
        name: text(1).into(),
        categories: fields.get(2).map(categories).unwrap_or_default(),
        price: cents(number(3).unwrap_or(0.0)),
        quantity: quantity.unwrap_or(1),
        deleted: false,
    })
}

/// A text, or the texts of a list joined by commas.
fn joined(value: &Json) -> Option<String> {
    let text = match value {
        Json::Array(values) => values.iter().filter_map(scalar).collect::<Vec<_>>().join(","),
        value => scalar(value)?,
    };
    Some(cut(text.trim(), SHORT_BYTES_MAX).to_owned())
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
