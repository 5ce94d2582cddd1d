//! The master key ring: every key that anything is encrypted with, by id, and the one that new
//! secrets get. It lives outside the database, in a file that only the service can read, or in
//! the environment.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Why there is no usable key ring. Said to the person who starts the service.
#[derive(Debug, thiserror::Error)]
pub enum RingProblem {
    #[error(
        "The key ring {0} does not exist, but the database holds secrets that need it. Put the file back from its backup; nothing was changed."
    )]
    Missing(PathBuf),
    #[error("The key ring {path} can be read by others (mode {mode:o}). Run: chmod 400 {path}", path = .path.display())]
    Readable { path: PathBuf, mode: u32 },
    #[error("The key ring {0} is not a key ring: {1}. Put the file back from its backup; nothing was changed.")]
    Malformed(String, String),
    #[error(
        "The key ring does not open what this database holds. It belongs to another installation, or a key is missing from it. Use the ring that the database was made with; nothing was changed."
    )]
    Wrong,
    #[error("The key ring {0} could not be read or written: {1}")]
    Io(PathBuf, std::io::Error),
}

/// What the file says.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RingFile {
    /// Id of the key that new secrets get.
    active: String,
    /// 32 bytes in Base64: finds duplicates. Never changes, or duplicates would slip through.
    index: String,
    /// 32 bytes in Base64 each, by id.
    keys: BTreeMap<String, String>,
}

type Key = SecretBox<[u8; 32]>;

pub struct KeyRing {
    active: String,
    index: Key,
    keys: BTreeMap<String, Key>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyRing({} keys, active {})", self.keys.len(), self.active)
    }
}

impl KeyRing {
    /// A fresh ring with one key.
    pub fn generate() -> Self {
        let secret = || SecretBox::new(Box::new(super::random_bytes()));
        Self { active: "k1".to_owned(), index: secret(), keys: BTreeMap::from([("k1".to_owned(), secret())]) }
    }

    pub fn parse(source: &str, text: &str) -> Result<Self, RingProblem> {
        let bad = |why: &str| RingProblem::Malformed(source.to_owned(), why.to_owned());
        // The parser's own message could quote a key.
        let file: RingFile = toml::from_str(text).map_err(|_| bad("it needs `active`, `index` and `[keys]`"))?;
        let decode = |name: &str, value: &str| {
            let bytes = BASE64.decode(value).ok().and_then(|b| <[u8; 32]>::try_from(b).ok());
            bytes.map(|b| SecretBox::new(Box::new(b))).ok_or_else(|| bad(&format!("{name} is not 32 bytes in Base64")))
        };
        let mut keys = BTreeMap::new();
        for (id, value) in &file.keys {
            if id.is_empty() || id.len() > 32 {
                return Err(bad("a key's id has 1 to 32 characters"));
            }
            keys.insert(id.clone(), decode(id, value)?);
        }
        if !keys.contains_key(&file.active) {
            return Err(bad("the active key is not among the keys"));
        }
        Ok(Self { active: file.active, index: decode("index", &file.index)?, keys })
    }

    /// Reads the ring's file; refuses one that others on the machine can read.
    pub fn load(path: &Path) -> Result<Option<Self>, RingProblem> {
        let io = |e| RingProblem::Io(path.to_owned(), e);
        match std::fs::metadata(path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(io(e)),
            #[cfg(unix)]
            Ok(meta) => {
                use std::os::unix::fs::PermissionsExt;
                let mode = meta.permissions().mode() & 0o777;
                if mode & 0o077 != 0 {
                    return Err(RingProblem::Readable { path: path.to_owned(), mode });
                }
            }
            #[cfg(not(unix))]
            Ok(_) => {}
        }
        let text = std::fs::read_to_string(path).map_err(io)?;
        Self::parse(&path.display().to_string(), &text).map(Some)
    }

    /// Writes the ring to a new file with mode 0400; an existing file is never touched.
    pub fn create(&self, path: &Path) -> Result<(), RingProblem> {
        let io = |e| RingProblem::Io(path.to_owned(), e);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(io)?;
        }
        let file = RingFile {
            active: self.active.clone(),
            index: BASE64.encode(self.index.expose_secret()),
            keys: self.keys.iter().map(|(id, key)| (id.clone(), BASE64.encode(key.expose_secret()))).collect(),
        };
        let text = toml::to_string(&file).map_err(|e| io(std::io::Error::other(e)))?;
        // Whole or not at all: written beside, forced to the disk, then given its name, which
        // fails when there is one.
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let draft = folder.join(format!(".ring-{}", crate::context::new_uuid()));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o400);
        }
        let written = (|| {
            let mut out = options.open(&draft)?;
            out.write_all(b"# The master keys of this installation. Back this file up, apart from the database.\n")?;
            out.write_all(text.as_bytes())?;
            out.sync_all()?;
            std::fs::hard_link(&draft, path)
        })();
        let removed = std::fs::remove_file(&draft);
        written.and(removed).map_err(io)?;
        std::fs::File::open(folder).and_then(|f| f.sync_all()).map_err(io)
    }

    pub(super) fn active(&self) -> Option<(&str, &[u8; 32])> {
        self.keys.get(&self.active).map(|key| (self.active.as_str(), key.expose_secret()))
    }

    pub(super) fn key(&self, id: &str) -> Option<&[u8; 32]> {
        self.keys.get(id).map(|key| key.expose_secret())
    }

    /// A keyed hash that is equal for equal secrets and says nothing else about them.
    pub fn blind_index(&self, purpose: &str, secret: &[u8]) -> Vec<u8> {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(self.index.expose_secret()).expect("any key length is fine");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(secret);
        mac.finalize().into_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_reads_back_and_is_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/ring.toml");
        let ring = KeyRing::generate();
        assert!(KeyRing::load(&path).unwrap().is_none());
        ring.create(&path).unwrap();
        let read = KeyRing::load(&path).unwrap().unwrap();
        assert_eq!(ring.blind_index("x", b"y"), read.blind_index("x", b"y"));
        assert_ne!(ring.blind_index("x", b"y"), ring.blind_index("z", b"y"));
        assert!(matches!(ring.create(&path), Err(RingProblem::Io(..))), "never overwritten");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o400);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o440)).unwrap();
            assert!(matches!(KeyRing::load(&path), Err(RingProblem::Readable { mode: 0o440, .. })));
        }
    }

    #[test]
    fn a_broken_ring_is_refused_without_being_quoted() {
        for text in ["", "active = 'k1'", "active='k9'\nindex='AAAA'\n[keys]\nk1='SECRETSECRET'", "nonsense"] {
            let problem = KeyRing::parse("ring.toml", text).unwrap_err().to_string();
            assert!(problem.contains("ring.toml") && !problem.contains("SECRET"), "{problem}");
        }
    }
}
