//! The crate graph says no: the browser gets nothing of the server.

use std::process::Command;

fn tree(package: &str, target: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--package",
            package,
            "--target",
            target,
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn the_browser_gets_nothing_of_the_server() {
    let client = tree("frontend", "wasm32-unknown-unknown");
    assert!(client.iter().any(|c| c == "leptos") && client.iter().any(|c| c == "domain"), "the list is a list");
    for banned in [
        "sea-orm",
        "sea-query",
        "sqlx",
        "sqlx-core",
        "tokio",
        "axum",
        "axum-core",
        "tower",
        "store",
        "server",
        "migrations",
        "argon2",
        "unicode-normalization",
        "csv",
    ] {
        assert!(!client.iter().any(|c| c == banned), "{banned} is in the browser's code");
    }
}

#[test]
fn each_crate_keeps_to_its_place() {
    let host = "x86_64-unknown-linux-gnu";
    for (package, banned) in [
        ("domain", ["sea-orm", "leptos", "tokio", "rand"]),
        ("store", ["leptos", "axum", "http", "app"]),
        ("migrations", ["domain", "store", "leptos", "app"]),
    ] {
        let crates = tree(package, host);
        for name in banned {
            assert!(!crates.iter().any(|c| c == name), "{package} depends on {name}");
        }
    }
}
