//! Names and symbols of currencies (ISO 4217).

/// Code, name, symbol.
const CURRENCIES: &[(&str, &str, &str)] = &[
    ("AED", "United Arab Emirates Dirham", "د.إ"),
    ("ARS", "Argentine Peso", "$"),
    ("AUD", "Australian Dollar", "A$"),
    ("BDT", "Bangladeshi Taka", "৳"),
    ("BGN", "Bulgarian Lev", "лв"),
    ("BRL", "Brazilian Real", "R$"),
    ("CAD", "Canadian Dollar", "CA$"),
    ("CHF", "Swiss Franc", "Fr"),
    ("CLP", "Chilean Peso", "$"),
    ("CNY", "Chinese Yuan", "CN¥"),
    ("COP", "Colombian Peso", "$"),
    ("CZK", "Czech Koruna", "Kč"),
    ("DKK", "Danish Krone", "kr"),
    ("EGP", "Egyptian Pound", "£"),
    ("EUR", "Euro", "€"),
    ("GBP", "British Pound", "£"),
    ("HKD", "Hong Kong Dollar", "HK$"),
    ("HUF", "Hungarian Forint", "Ft"),
    ("IDR", "Indonesian Rupiah", "Rp"),
    ("ILS", "Israeli New Shekel", "₪"),
    ("INR", "Indian Rupee", "₹"),
    ("ISK", "Icelandic Króna", "kr"),
    ("JPY", "Japanese Yen", "¥"),
    ("KES", "Kenyan Shilling", "KSh"),
    ("KRW", "South Korean Won", "₩"),
    ("KWD", "Kuwaiti Dinar", "د.ك"),
    ("MAD", "Moroccan Dirham", "د. م."),
    ("MXN", "Mexican Peso", "MX$"),
    ("MYR", "Malaysian Ringgit", "RM"),
    ("NGN", "Nigerian Naira", "₦"),
    ("NOK", "Norwegian Krone", "kr"),
    ("NZD", "New Zealand Dollar", "NZ$"),
    ("PEN", "Peruvian Sol", "S/."),
    ("PHP", "Philippine Peso", "₱"),
    ("PKR", "Pakistani Rupee", "₨"),
    ("PLN", "Polish Zloty", "zł"),
    ("RON", "Romanian Leu", "lei"),
    ("RSD", "Serbian Dinar", "РСД"),
    ("RUB", "Russian Ruble", "₽"),
    ("SAR", "Saudi Riyal", "﷼"),
    ("SEK", "Swedish Krona", "kr"),
    ("SGD", "Singapore Dollar", "S$"),
    ("THB", "Thai Baht", "฿"),
    ("TRY", "Turkish Lira", "₺"),
    ("TWD", "New Taiwan Dollar", "NT$"),
    ("UAH", "Ukrainian Hryvnia", "₴"),
    ("USD", "US Dollar", "$"),
    ("VND", "Vietnamese Dong", "₫"),
    ("ZAR", "South African Rand", "R"),
];

fn find(code: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    CURRENCIES.iter().find(|(known, ..)| *known == code)
}

/// The name; the code itself where no name is known.
pub(super) fn name_of(code: &str) -> &str {
    find(code).map_or(code, |(_, name, _)| name)
}

/// The symbol; the code itself where none is known.
pub(super) fn symbol_of(code: &str) -> &str {
    find(code).map_or(code, |(_, _, symbol)| symbol)
}

/// Three capital letters.
pub(super) fn is_code(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_currencies_have_a_name_and_others_their_code() {
        assert_eq!((name_of("EUR"), symbol_of("EUR")), ("Euro", "€"));
        assert_eq!((name_of("XXX"), symbol_of("XXX")), ("XXX", "XXX"));
        assert!(is_code("USD") && !is_code("usd") && !is_code("EURO"));
    }
}
