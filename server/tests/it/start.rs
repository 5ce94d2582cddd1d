//! Starting: what is refused, in words, before anything is changed; and the command line.

use std::path::Path;
use std::process::{Command, Output};

fn vorteil(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vorteil"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("VORTEIL_KEY_RING_TOML")
        .env_remove("VORTEIL_TEST_POSTGRES")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_wrong_or_missing_ring_stops_the_start_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    assert!(vorteil(here, &["migrate"]).status.success());
    let ring = here.join("var/keys/ring.toml");
    let aside = here.join("aside.toml");
    std::fs::rename(&ring, &aside).unwrap();
    let missing = vorteil(here, &["migrate"]);
    assert!(
        !missing.status.success() && said(&missing).contains("Put the file back from its backup"),
        "{}",
        said(&missing)
    );
    assert!(!ring.exists(), "no new ring is made over old secrets");
    store::secrets::KeyRing::generate().create(&ring).unwrap();
    let wrong = vorteil(here, &["migrate"]);
    assert!(!wrong.status.success() && said(&wrong).contains("belongs to another installation"), "{}", said(&wrong));
    std::fs::rename(&aside, &ring).unwrap();
    assert!(vorteil(here, &["migrate"]).status.success());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&ring, std::fs::Permissions::from_mode(0o444)).unwrap();
        let readable = vorteil(here, &["migrate"]);
        assert!(!readable.status.success() && said(&readable).contains("chmod 400"), "{}", said(&readable));
    }
}

#[test]
fn bad_settings_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for (settings, sentence) in [
        ("listen = 'everywhere'", "listen"),
        ("colour = 'red'", "colour"),
        ("listen = '0.0.0.0:0'", "passwords would travel in clear"),
        ("database_url = 'mysql://x'", "sqlite: or postgres:"),
        ("database_url = 'postgres://nobody:secret@127.0.0.1:1/x'", "cannot be opened"),
        ("not toml", "settings cannot be used"),
    ] {
        std::fs::write(here.join("vorteil.toml"), format!("{settings}\nsite = '.'\n")).unwrap();
        std::fs::create_dir_all(here.join("pkg")).unwrap();
        let output = vorteil(here, &["serve"]);
        assert!(!output.status.success(), "{settings}");
        assert!(said(&output).contains(sentence), "{settings}: {}", said(&output));
        assert!(!said(&output).contains("secret"), "a password is never printed");
        assert!(!said(&output).contains("panicked"));
    }
}

#[test]
fn a_port_in_use_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    std::fs::create_dir_all(folder.path().join("pkg")).unwrap();
    std::fs::write(
        folder.path().join("vorteil.toml"),
        format!("site = '.'\nlisten = '{}'\n", taken.local_addr().unwrap()),
    )
    .unwrap();
    let output = vorteil(folder.path(), &["serve"]);
    assert!(!output.status.success() && said(&output).contains("in use by another program"), "{}", said(&output));
}

#[test]
fn the_demo_and_a_real_installation_do_not_mix() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("pkg")).unwrap();
    std::fs::write(folder.path().join("vorteil.toml"), "site = '.'\nlisten = '127.0.0.1:0'\n").unwrap();
    assert!(vorteil(folder.path(), &["migrate"]).status.success());
    let refused = vorteil(folder.path(), &["serve", "--demo"]);
    assert!(
        !refused.status.success() && said(&refused).contains("belongs to a real installation"),
        "{}",
        said(&refused)
    );
}

#[test]
fn catalogue_and_keys_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../demo/catalogue.toml");
    let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/../demo/keys.csv");
    let checked = vorteil(here, &["catalogue", "check", demo]);
    assert!(checked.status.success() && said(&checked).contains("29 products, 3 packages"), "{}", said(&checked));
    assert!(!here.join("var").exists(), "checking changes nothing");
    let broken = here.join("broken.toml");
    std::fs::write(&broken, store::demo::CATALOGUE.replacen("quantity = 10", "quantity = 0", 1)).unwrap();
    let refused = vorteil(here, &["catalogue", "import", "broken.toml"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said(&refused).contains("broken.toml:") && said(&refused).contains("Nothing was imported"),
        "{}",
        said(&refused)
    );
    let latin: Vec<u8> = store::demo::CATALOGUE.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
    std::fs::write(&broken, latin).unwrap();
    let line = store::demo::CATALOGUE.lines().position(|l| !l.is_ascii()).unwrap() + 1;
    let unread = said(&vorteil(here, &["catalogue", "check", "broken.toml"]));
    assert!(unread.contains(&format!("broken.toml:{line}: this line does not read as UTF-8")), "{unread}");
    assert!(said(&vorteil(here, &["catalogue", "import", demo])).contains("Published version 1"));
    assert!(said(&vorteil(here, &["catalogue", "import", demo])).contains("Nothing to do"));
    assert!(said(&vorteil(here, &["keys", "import", keys])).contains("180 keys are in stock"));
    let again = vorteil(here, &["keys", "import", keys]);
    assert!(!again.status.success() && said(&again).contains("keys.csv:2: this key is in stock"), "{}", said(&again));
    assert!(!said(&again).contains("DEMO1"), "no key is printed");
    std::fs::write(here.join("lines.csv"), "Product;Key\r\nnope;DEMO1-AAAAA-AAAAA-AAAAA-AAAAA\r\n;\r\nx,y").unwrap();
    let wrong = said(&vorteil(here, &["keys", "import", "lines.csv"]));
    assert!(wrong.contains("lines.csv:2: there is no product nope") && wrong.contains("lines.csv:4: "), "{wrong}");
    let nowhere = vorteil(here, &["keys", "import", "nowhere.csv"]);
    assert!(!nowhere.status.success() && said(&nowhere).contains("cannot be read"));
}
