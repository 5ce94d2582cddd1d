use crate::harness::{Backend, demo, empty, on_both};
use chrono::TimeDelta;
use domain::password::PasswordProblem;
use domain::refusal::{SetupRefusal, SignInRefusal};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel, PaginatorTrait};
use store::entity::{company, session, user};
use store::people::profile::change_password;
use store::people::session::{delete_ended, end_session, find_session, list_sessions, sign_out, sign_out_everywhere};
use store::people::setup::{InstallError, create_first_operator, issue_setup_token, needs_setup, open_installation};
use store::people::sign_in::sign_in;
use store::secrets::RingProblem;
use store::{Ctx, Origin, Store, StoreError, demo::PASSWORD};

on_both! {
    signing_in_and_out => in_and_out,
    sessions_end => sessions_end,
    guessing_is_slowed => guessing,
    refusals_tell_nothing => tell_nothing,
    a_password_is_changed => password,
    the_first_operator => first_operator,
    the_ring_belongs_to_the_database => ring,
}

const ANNA: &str = "anna.global@contoso.example";

fn from(address: &str) -> Origin {
    Origin { address: address.to_owned(), device: "Test\r\nbrowser".to_owned(), request_id: None }
}

async fn ctx_of(store: &Store, token: &str) -> Ctx {
    let found = find_session(store, token).await.unwrap().unwrap();
    Ctx {
        store: store.clone(),
        principal: found.principal,
        session: found.session,
        language: domain::language::Language::En,
        origin: Origin::default(),
        company_refusal: found.company_refusal,
    }
}

async fn in_and_out(backend: Backend) {
    let world = demo(backend).await;
    let store = &world.store;
    let first = sign_in(store, &format!("  {} ", ANNA.to_uppercase()), PASSWORD, None, &from("a")).await.unwrap();
    let second = sign_in(store, ANNA, PASSWORD, None, &from("b")).await.unwrap();
    assert_ne!(first.token, second.token);
    let stored = session::Entity::find().all(store.db.conn()).await.unwrap();
    assert!(stored.iter().all(|s| s.token_hash.len() == 32 && !s.device.contains(['\r', '\n'])));
    // Signing in anew ends what the browser had.
    let third = sign_in(store, ANNA, PASSWORD, Some(&second.token), &from("b")).await.unwrap();
    assert!(find_session(store, &second.token).await.unwrap().is_none());
    let ctx = ctx_of(store, &third.token).await;
    let listed = list_sessions(&ctx).await.unwrap();
    assert_eq!(listed.iter().map(|s| s.current).collect::<Vec<_>>().len(), 2);
    let other = listed.iter().find(|s| !s.current).unwrap().id;
    end_session(&ctx, other).await.unwrap();
    assert!(matches!(end_session(&ctx, other).await, Err(StoreError::NotFound)));
    assert!(find_session(store, &first.token).await.unwrap().is_none());
    sign_out(&ctx).await.unwrap();
    assert!(find_session(store, &third.token).await.unwrap().is_none());
    for _ in 0..3 {
        sign_in(store, ANNA, PASSWORD, None, &from("c")).await.unwrap();
    }
    let last = sign_in(store, ANNA, PASSWORD, None, &from("c")).await.unwrap();
    sign_out_everywhere(&ctx_of(store, &last.token).await).await.unwrap();
    assert_eq!(session::Entity::find().count(store.db.conn()).await.unwrap(), 0);
    world.audit_holds(ctx.principal.company).await;
}

async fn sessions_end(backend: Backend) {
    let world = demo(backend).await;
    let store = &world.store;
    let token = sign_in(store, ANNA, PASSWORD, None, &from("a")).await.unwrap().token;
    store.clock.advance(TimeDelta::hours(7));
    assert!(find_session(store, &token).await.unwrap().is_some(), "used again, so it lives on");
    store.clock.advance(TimeDelta::hours(7));
    assert!(find_session(store, &token).await.unwrap().is_some());
    store.clock.advance(TimeDelta::hours(8));
    assert!(find_session(store, &token).await.unwrap().is_none(), "idle");
    assert_eq!(delete_ended(store).await.unwrap(), 1);
    let token = sign_in(store, ANNA, PASSWORD, None, &from("a")).await.unwrap().token;
    for _ in 0..23 {
        store.clock.advance(TimeDelta::hours(7));
        assert!(find_session(store, &token).await.unwrap().is_some());
    }
    store.clock.advance(TimeDelta::hours(7));
    assert!(find_session(store, &token).await.unwrap().is_none(), "a week at most");
    // A disabled person's sessions count no more, at once.
    let token = sign_in(store, ANNA, PASSWORD, None, &from("a")).await.unwrap().token;
    let mut row = user::Entity::find_by_id(world.person(ANNA).await.0)
        .one(store.db.conn())
        .await
        .unwrap()
        .unwrap()
        .into_active_model();
    row.disabled_at = Set(Some(store.now()));
    row.update(store.db.conn()).await.unwrap();
    assert!(find_session(store, &token).await.unwrap().is_none());
    assert!(find_session(store, "").await.unwrap().is_none());
}

async fn guessing(backend: Backend) {
    let world = demo(backend).await;
    let store = &world.store;
    for _ in 0..5 {
        let tried = sign_in(store, ANNA, "wrong", None, &from("a")).await;
        assert!(matches!(tried, Err(StoreError::SignIn(SignInRefusal::Mismatch))), "{tried:?}");
    }
    let until = store.now() + TimeDelta::seconds(15);
    let slowed = sign_in(store, ANNA, PASSWORD, None, &from("a")).await;
    assert!(
        matches!(slowed, Err(StoreError::SignIn(SignInRefusal::TooManyTries { until: u })) if u == until),
        "{slowed:?}"
    );
    sign_in(store, ANNA, PASSWORD, None, &from("b")).await.expect("somebody else's guessing does not lock Anna out");
    store.clock.advance(TimeDelta::seconds(15));
    sign_in(store, ANNA, PASSWORD, None, &from("a")).await.expect("the pause is over");
    // Blanks around the account do not make it another one.
    for pad in [" ", "\t", "\u{a0}", "\u{2003}", "  "] {
        let padded = format!("{ANNA}{}", pad.repeat(120));
        let tried = sign_in(store, &padded, "wrong", None, &from("pad")).await;
        assert!(matches!(tried, Err(StoreError::SignIn(SignInRefusal::Mismatch))), "{tried:?}");
    }
    let padded = sign_in(store, &format!("\n{ANNA} "), PASSWORD, None, &from("pad")).await;
    assert!(matches!(padded, Err(StoreError::SignIn(SignInRefusal::TooManyTries { .. }))), "{padded:?}");
    // A /64 of IPv6 is one subscriber.
    for host in 1..=5 {
        sign_in(store, ANNA, "wrong", None, &from(&format!("2001:db8:1:2::{host}"))).await.unwrap_err();
    }
    let same = sign_in(store, ANNA, PASSWORD, None, &from("2001:db8:1:2:ffff::1")).await;
    assert!(matches!(same, Err(StoreError::SignIn(SignInRefusal::TooManyTries { .. }))), "{same:?}");
    let fresh = sign_in(store, ANNA, "wrong", None, &from("a")).await;
    assert!(matches!(fresh, Err(StoreError::SignIn(SignInRefusal::Mismatch))), "counted from the start");
}

async fn tell_nothing(backend: Backend) {
    let world = demo(backend).await;
    let store = &world.store;
    let tries = [
        (ANNA, "wrong"),
        ("nobody@contoso.example", PASSWORD),
        ("not an address", PASSWORD),
        ("", ""),
        (&"x".repeat(5000), PASSWORD),
    ];
    for (account, password) in tries {
        let refused = sign_in(store, account, password, None, &from("z")).await;
        assert!(matches!(refused, Err(StoreError::SignIn(SignInRefusal::Mismatch))), "{account}: {refused:?}");
    }
    let (id, company_id) = world.person(ANNA).await;
    let mut row = user::Entity::find_by_id(id).one(store.db.conn()).await.unwrap().unwrap().into_active_model();
    row.disabled_at = Set(Some(store.now()));
    row.update(store.db.conn()).await.unwrap();
    assert!(matches!(
        sign_in(store, ANNA, "wrong", None, &from("y")).await,
        Err(StoreError::SignIn(SignInRefusal::Mismatch))
    ));
    assert!(matches!(
        sign_in(store, ANNA, PASSWORD, None, &from("y")).await,
        Err(StoreError::SignIn(SignInRefusal::Disabled))
    ));
    let mut row = company::Entity::find_by_id(company_id.unwrap())
        .one(store.db.conn())
        .await
        .unwrap()
        .unwrap()
        .into_active_model();
    row.suspended_at = Set(Some(store.now()));
    row.update(store.db.conn()).await.unwrap();
    let marta = sign_in(store, "marta.mpn@contoso.example", PASSWORD, None, &from("y")).await;
    assert!(matches!(marta, Err(StoreError::SignIn(SignInRefusal::CompanySuspended))));
}

async fn password(backend: Backend) {
    let world = demo(backend).await;
    let store = &world.store;
    let mine = sign_in(store, ANNA, PASSWORD, None, &from("a")).await.unwrap().token;
    let other = sign_in(store, ANNA, PASSWORD, None, &from("b")).await.unwrap().token;
    let ctx = ctx_of(store, &mine).await;
    let good = "korrekt pferd batterie klammer";
    for (current, new, repeated, expected) in [
        (PASSWORD, "short", "short", "Password(TooShort)"),
        (PASSWORD, good, "else", "Password(NotRepeated)"),
        ("wrong", good, good, "CurrentPassword"),
        (PASSWORD, PASSWORD, PASSWORD, "Password(Unchanged)"),
        (PASSWORD, "password1234", "password1234", "Password(Guessable)"),
        (PASSWORD, "annaglobal12", "annaglobal12", "Password(Guessable)"),
    ] {
        let refused = change_password(&ctx, current, new, repeated).await.expect_err(new);
        assert_eq!(format!("{refused:?}"), expected, "{new}");
    }
    assert!(matches!(
        change_password(&ctx, "w", &"x".repeat(129), "x").await,
        Err(StoreError::Password(PasswordProblem::TooLong))
    ));
    for _ in 0..5 {
        assert!(matches!(change_password(&ctx, "guess", good, good).await, Err(StoreError::CurrentPassword)));
    }
    let slowed = change_password(&ctx, PASSWORD, good, good).await;
    assert!(matches!(slowed, Err(StoreError::SignIn(SignInRefusal::TooManyTries { .. }))), "{slowed:?}");
    store.clock.advance(TimeDelta::seconds(15));
    let renewed = change_password(&ctx, PASSWORD, good, good).await.unwrap();
    assert!(find_session(store, &renewed).await.unwrap().is_some());
    assert!(find_session(store, &mine).await.unwrap().is_none(), "a copied token is worth nothing");
    assert!(find_session(store, &other).await.unwrap().is_none(), "everybody else is out");
    assert!(sign_in(store, ANNA, PASSWORD, None, &from("c")).await.is_err());
    sign_in(store, ANNA, good, None, &from("c")).await.unwrap();
}

async fn first_operator(backend: Backend) {
    let world = empty(backend).await;
    let store = &world.store;
    assert!(needs_setup(store).await.unwrap());
    let old = issue_setup_token(store).await.unwrap();
    let token = issue_setup_token(store).await.unwrap();
    let make = async |token: &str| {
        create_first_operator(
            store,
            token,
            " Olga ",
            "olga@p.example",
            "korrekt pferd batterie",
            "korrekt pferd batterie",
            &Origin::default(),
        )
        .await
    };
    for bad in ["", "wrong", &old] {
        assert!(matches!(make(bad).await, Err(StoreError::Setup(SetupRefusal::Token))));
    }
    make(&token).await.unwrap();
    assert!(!needs_setup(store).await.unwrap());
    assert!(matches!(make(&token).await, Err(StoreError::Setup(SetupRefusal::Token))), "it works once");
    let late = issue_setup_token(store).await.unwrap();
    assert!(matches!(make(&late).await, Err(StoreError::Setup(SetupRefusal::AlreadyDone))));
    store.clock.advance(TimeDelta::hours(24));
    assert!(matches!(make(&late).await, Err(StoreError::Setup(SetupRefusal::Token))), "too old");
    sign_in(store, "olga@p.example", "korrekt pferd batterie", None, &from("a")).await.unwrap();
}

async fn ring(backend: Backend) {
    let world = empty(backend).await;
    let (db, now) = (&world.store.db, world.store.now());
    let folder = tempfile::tempdir().unwrap();
    let (path, elsewhere) = (folder.path().join("ring.toml"), folder.path().join("other.toml"));
    open_installation(db, &path, None, false, now).await.unwrap();
    let written = std::fs::read(&path).unwrap();
    open_installation(db, &path, None, false, now).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), written, "made once");
    let missing = open_installation(db, &elsewhere, None, false, now).await;
    assert!(matches!(missing, Err(InstallError::Ring(RingProblem::Missing(_)))), "{missing:?}");
    assert!(!elsewhere.exists(), "nothing is changed");
    store::secrets::KeyRing::generate().create(&elsewhere).unwrap();
    assert!(matches!(
        open_installation(db, &elsewhere, None, false, now).await,
        Err(InstallError::Ring(RingProblem::Wrong))
    ));
    let text = String::from_utf8(written).unwrap();
    open_installation(db, &elsewhere, Some(&text), false, now).await.unwrap();
}
