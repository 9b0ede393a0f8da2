//! ClickHouse from its library: `nagare clickhouse-host` is a ClickHouse server on loopback.
//!
//! `libchdb.so` is ClickHouse with `clickhouse local`'s entry point. Three statements turn
//! that into a server: two open its listeners, the last reads standard input, and so lasts
//! until the parent closes it.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use libloading::Library;

use crate::embedded::Tether;

/// HTTP last: that it answers has to mean that both listen.
const SERVE_UNTIL_END_OF_INPUT: &str = "SYSTEM START LISTEN TCP; SYSTEM START LISTEN HTTP; \
     SELECT count() FROM file('-', 'LineAsString') FORMAT Null";

/// Arguments of the hidden subcommand `nagare clickhouse-host`.
#[derive(Debug, clap::Args)]
pub(crate) struct ClickHouseHostArgs {
    #[command(flatten)]
    tether: Option<Tether>,
    /// `libchdb.so`.
    #[arg(long)]
    lib: PathBuf,
    /// ClickHouse's data folder.
    #[arg(long)]
    data: PathBuf,
    /// HTTP port on 127.0.0.1.
    #[arg(long)]
    http: u16,
    /// Port of the native protocol on 127.0.0.1.
    #[arg(long)]
    tcp: u16,
    /// ClickHouse's configuration.
    #[arg(long)]
    config_file: Option<PathBuf>,
}

/// Serves until standard input ends.
pub(crate) fn serve(args: ClickHouseHostArgs) -> Result<()> {
    let _lock = args.tether.as_ref().map(Tether::tie).transpose()?;
    let lib = args.lib.clone();
    let argv = argv(args)?;
    run_library(&lib, &argv).with_context(|| format!("ClickHouse from {}", lib.display()))
}

fn argv(args: ClickHouseHostArgs) -> Result<Vec<CString>> {
    let mut argv = vec![CString::from(c"clickhouse")];
    let mut push = |name: &str, value: Vec<u8>| -> Result<()> {
        argv.push(CString::new(name)?);
        argv.push(CString::new(value).with_context(|| format!("{name} holds a zero byte"))?);
        Ok(())
    };
    if let Some(config) = args.config_file {
        push("--config-file", config.into_os_string().into_vec())?;
    }
    push("--path", args.data.into_os_string().into_vec())?;
    push("--listen_host", b"127.0.0.1".to_vec())?;
    push("--http_port", args.http.to_string().into_bytes())?;
    push("--tcp_port", args.tcp.to_string().into_bytes())?;
    // The library takes its log level from here only.
    push("--log-level", b"warning".to_vec())?;
    push("--query", SERVE_UNTIL_END_OF_INPUT.into())?;
    argv.push(CString::from(c"--logger.console"));
    Ok(argv)
}

/// `chdb_result *chdb_query_cmdline(int argc, char **argv)`
type QueryCmdline = unsafe extern "C" fn(c_int, *mut *mut c_char) -> *mut c_void;
/// `const char *chdb_result_error(chdb_result *)`: null when there was none.
type ResultError = unsafe extern "C" fn(*mut c_void) -> *const c_char;

#[expect(unsafe_code, reason = "the one place that calls into a C library")]
fn run_library(lib: &std::path::Path, argv: &[CString]) -> Result<()> {
    // SAFETY: loading runs the library's initialisers. It is ClickHouse's own build,
    // installed by `make setup` or chosen by the operator, and made to be loaded so.
    let library = unsafe { Library::new(lib) }.context("cannot load the library")?;
    // SAFETY: the types are those of chdb.h for these names.
    let (query_cmdline, result_error) = unsafe {
        let query_cmdline = library.get::<QueryCmdline>(c"chdb_query_cmdline").context("not a chdb library")?;
        let result_error = library.get::<ResultError>(c"chdb_result_error").context("not a chdb library")?;
        (query_cmdline, result_error)
    };
    let mut pointers: Vec<*mut c_char> = argv.iter().map(|arg| arg.as_ptr().cast_mut()).collect();
    let argc = c_int::try_from(pointers.len())?;
    pointers.push(std::ptr::null_mut());
    // SAFETY: argv holds argc strings and a null pointer, as for `main`, all of which
    // outlive the call; the library copies what it keeps and does not write to them.
    let result = unsafe { query_cmdline(argc, pointers.as_mut_ptr()) };
    ensure!(!result.is_null(), "the engine returned nothing");
    // SAFETY: the result is the one just returned and was not freed.
    let error = unsafe { result_error(result) };
    if !error.is_null() {
        // SAFETY: a zero-terminated string that lives as long as the result.
        bail!("{}", unsafe { CStr::from_ptr(error) }.to_string_lossy());
    }
    // Its threads may still run: unloading the code under them would crash the exit.
    std::mem::forget(library);
    Ok(())
}
