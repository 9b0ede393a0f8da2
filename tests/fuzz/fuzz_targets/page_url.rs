#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| nagare_tests::fuzz::read("page_url", input));
