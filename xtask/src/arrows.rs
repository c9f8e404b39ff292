//! Which package may depend on which: the fan of `ARCHITECTURE.md`, asserted.
//!
//! Dependencies run downward only and no package names another of its own layer. Each rule says why, so that a failure
//! explains itself. Development and build dependencies count as well: a test that reaches sideways is a tie too.

/// The layers from the bottom to the top.
const LAYERS: &[Layer] = &[
    Layer {
        packages: &["one-build", "record"],
        because: "the words have no tools: identifiers, problems, origins and the vocabulary touch no disk and no network",
    },
    Layer {
        packages: &["engine", "fetch", "sign", "store", "tn3270"],
        because: "tools know no public bodies: bulk plans, files from afar, signatures and storage serve the ribs and not each other",
    },
    Layer {
        packages: &["link", "map", "prove", "read", "share"],
        because: "a rib does one step of the way and can be understood, tested and replaced without the others",
    },
    Layer {
        packages: &["flow"],
        because: "the steps meet in one place: refresh, relink, ask, answer and verify are orders of steps, written once",
    },
    Layer {
        packages: &["console", "serve"],
        because: "pages and interfaces show the same use cases and must not differ by calling each other",
    },
    Layer {
        packages: &["fuzz"],
        because: "what fuzzers run goes through the doors that everybody uses, and nothing but a fuzzer depends on it",
    },
    Layer { packages: &["cli"], because: "the program wires everything together and nothing depends on it" },
    Layer {
        packages: &["xtask"],
        because: "developer commands build in seconds and run the program from outside",
    },
];

/// Outside packages that only some may name.
const ONLY: &[Only] = &[
    Only {
        outside: &[
            "datafusion-common",
            "datafusion-expr",
            "datafusion-functions",
            "datafusion-functions-aggregate",
            "datafusion-functions-nested",
            "datafusion-optimizer",
            "datafusion-physical-expr",
            "datafusion-sql",
        ],
        packages: &["engine"],
        because: "DataFusion takes minutes to build and seconds to link; whoever edits another crate must not wait for it",
    },
    Only {
        outside: &["parquet"],
        packages: &["engine", "read"],
        because: "`engine` writes snapshots, `read` opens Parquet files of others",
    },
    Only {
        outside: &["russh", "russh-sftp", "rusty-s3", "tar", "bzip2", "zstd"],
        packages: &["fetch"],
        because: "where a file lies and how it is packed is settled before anybody decodes it",
    },
    Only {
        outside: &["zip"],
        packages: &["fetch", "read", "fuzz"],
        because: "archives are `fetch`'s; a workbook is a zip as well, and is weighed before it is opened; `fuzz` makes some",
    },
    Only {
        outside: &["calamine", "mysql_async", "quick-xml", "tokio-postgres"],
        packages: &["read"],
        because: "formats of others end where their records become columns",
    },
    Only {
        outside: &["rusqlite"],
        packages: &["store", "read", "xtask", "flow"],
        because: "the answer store is behind `store`; `read` opens databases of others, `xtask` makes the example's, tests of `flow` one to ask",
    },
    Only {
        outside: &["cedar-policy"],
        packages: &["share"],
        because: "whether an answer is allowed is decided in one place",
    },
    Only {
        outside: &["axum", "hyper", "hyper-util", "hyper-rustls", "tower"],
        packages: &["console", "serve", "cli"],
        because: "HTTP ends above the use cases, which can then be tested without a socket",
    },
    Only { outside: &["askama"], packages: &["console"], because: "pages are made in one place" },
    Only {
        outside: &["clap", "indicatif", "tracing-subscriber"],
        packages: &["cli"],
        because: "what a person types and sees at a terminal belongs to the program",
    },
    Only {
        outside: &["concordat-engine"],
        packages: &["map", "flow"],
        because: "`read`, `link`, `share` and `prove` build and test without DataFusion",
    },
];

/// Packages that can depend on all below and none beside.
struct Layer {
    packages: &'static [&'static str],
    because: &'static str,
}

/// Outside packages and the only ones of ours that may name them.
struct Only {
    outside: &'static [&'static str],
    packages: &'static [&'static str],
    because: &'static str,
}

mod tests {
    use std::collections::BTreeSet;

    use super::{LAYERS, ONLY};
    use crate::workspace::packages;

    fn dependencies(manifest: &toml::Table) -> BTreeSet<String> {
        ["dependencies", "dev-dependencies", "build-dependencies"]
            .iter()
            .filter_map(|section| manifest.get(*section)?.as_table())
            .flat_map(|section| section.keys().cloned())
            .collect()
    }

    fn height(package: &str) -> Option<usize> {
        LAYERS.iter().position(|layer| layer.packages.contains(&package))
    }

    #[test]
    fn dependencies_run_downward_and_never_sideways() {
        for (package, manifest) in packages().unwrap() {
            let Some(from) = height(&package) else {
                panic!("`{package}` has no layer in xtask/src/arrows.rs")
            };
            for dependency in dependencies(&manifest) {
                let Some(name) = dependency.strip_prefix("concordat-") else { continue };
                let Some(to) = height(name) else { panic!("`{name}` has no layer in xtask/src/arrows.rs") };
                assert!(to < from, "`{package}` names `{name}`, because({})", LAYERS[from].because);
            }
        }
    }

    #[test]
    fn heavy_tools_are_named_where_they_belong() {
        for (package, manifest) in packages().unwrap() {
            for dependency in dependencies(&manifest) {
                for rule in ONLY.iter().filter(|rule| rule.outside.contains(&dependency.as_str())) {
                    let allowed = rule.packages.contains(&package.as_str());
                    assert!(allowed, "`{package}` names `{dependency}`, because({})", rule.because);
                }
            }
        }
    }

    #[test]
    fn developer_commands_name_no_package_of_ours() {
        let (_, manifest) = packages().unwrap().into_iter().find(|(name, _)| name == "xtask").unwrap();
        let ours: Vec<String> =
            dependencies(&manifest).into_iter().filter(|name| name.starts_with("concordat-")).collect();
        assert!(ours.is_empty(), "xtask names {ours:?}, because({})", LAYERS.last().unwrap().because);
    }

    #[test]
    fn every_rule_is_about_packages_that_exist_and_gives_a_reason() {
        let known: BTreeSet<String> = packages().unwrap().into_iter().map(|(name, _)| name).collect();
        let layered = LAYERS.iter().map(|layer| (layer.packages, layer.because));
        for (named, because) in layered.chain(ONLY.iter().map(|only| (only.packages, only.because))) {
            assert!(because.len() > 20, "{named:?} has no reason");
            for package in named {
                assert!(known.contains(*package), "there is no package `{package}`");
            }
        }
    }
}
