use crate::harness::{Backend, demo, empty, on_both};
use chrono::TimeDelta;
use domain::access::Action;
use domain::benefits::software::RevealRefusal;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};
use store::benefits::list::get_detail;
use store::benefits::software::reveal_keys;
use store::entity::{key_reveal, licence_key, order};
use store::key_pool::{KeyFileProblem, KeyImportError, import_keys};
use store::{Origin, StoreError};

on_both! {
    a_reveal_is_recorded => recorded,
    the_first_one_asks => asks,
    only_two_roles_get_keys => roles,
    a_failed_reveal_leaves_nothing => leaves_nothing,
    nothing_is_stored_in_clear => in_clear,
    bad_files_are_refused_whole => bad_files,
    files_of_spreadsheets_are_read => spreadsheets,
    owed_keys_are_said => owed,
    looks_are_counted => looks,
    a_changed_record_breaks_the_chain => tampering,
}

async fn recorded(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let visio = world.benefit(&anna, "gold-core", "visio-professional-2019").await;
    assert_eq!(get_detail(&anna, visio).await.unwrap().reveals, []);
    let events = world.audit_holds(anna.principal.company).await;
    let keys = reveal_keys(&anna, visio, false).await.unwrap();
    assert_eq!(keys.len(), 1);
    assert!(keys[0].key.starts_with("DEMO"), "a demo key is obviously one");
    let detail = get_detail(&anna, visio).await.unwrap();
    assert_eq!(detail.reveals.len(), 1);
    assert_eq!((detail.reveals[0].name.as_str(), detail.reveals[0].at), ("Anna Global", world.store.now()));
    assert_eq!(detail.row.status, domain::benefits::BenefitStatus::Active);
    assert_eq!(world.audit_holds(anna.principal.company).await, events + 1);
    assert_eq!(reveal_keys(&anna, visio, false).await.unwrap(), keys, "the same key, again");
    assert_eq!(world.audit_holds(anna.principal.company).await, events + 2);
}

/// Rule R-KEY-3.
async fn looks(backend: Backend) {
    use domain::benefits::software::{LOOKS_WITHIN, MOST_LOOKS};
    let world = demo(backend).await;
    let anna = world.anna().await;
    let visio = world.benefit(&anna, "gold-core", "visio-professional-2019").await;
    let first = world.store.now();
    for _ in 0..MOST_LOOKS {
        reveal_keys(&anna, visio, false).await.unwrap();
        world.store.clock.advance(TimeDelta::seconds(1));
    }
    let refused = reveal_keys(&anna, visio, false).await;
    let until = first + LOOKS_WITHIN;
    assert!(
        matches!(refused, Err(StoreError::Reveal(RevealRefusal::TooManyLooks { until: at })) if at == until),
        "{refused:?}"
    );
    let marta = world.ctx("marta.mpn@contoso.example").await;
    reveal_keys(&marta, visio, false).await.expect("a colleague is not held up");
    world.store.clock.advance(LOOKS_WITHIN - TimeDelta::seconds(i64::from(MOST_LOOKS)));
    reveal_keys(&anna, visio, false).await.expect("the hour is over");
    assert!(reveal_keys(&anna, visio, false).await.is_err(), "one at a time");
}

async fn asks(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let visio = world.benefit(&anna, "action-pack", "visio-professional-2019").await;
    let until = world.store.now() - TimeDelta::days(12) + TimeDelta::days(30);
    let asked = reveal_keys(&anna, visio, false).await;
    assert!(
        matches!(asked, Err(StoreError::Reveal(RevealRefusal::EndsRefund { until: at })) if at == until),
        "{asked:?}"
    );
    assert!(get_detail(&anna, visio).await.unwrap().row.refundable_until.is_some());
    reveal_keys(&anna, visio, true).await.unwrap();
    // The right has ended for the whole order, so nothing asks again.
    let office = world.benefit(&anna, "action-pack", "office-professional-plus-2019").await;
    assert_eq!(get_detail(&anna, office).await.unwrap().row.refundable_until, None);
    reveal_keys(&anna, office, false).await.unwrap();
}

async fn roles(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let visio = world.benefit(&anna, "gold-core", "visio-professional-2019").await;
    for (email, may) in [
        ("ursula.user@contoso.example", false),
        ("adam.agent@contoso.example", false),
        ("marta.mpn@contoso.example", true),
        ("emil.employee@contoso.example", false),
        ("olga.operator@programme.example", false),
    ] {
        let ctx = world.ctx(email).await;
        let events = world.audit_holds(ctx.principal.company).await;
        match reveal_keys(&ctx, visio, true).await {
            Ok(_) => assert!(may, "{email}"),
            Err(StoreError::Forbidden(Action::GetKeys)) => {
                assert!(!may, "{email}");
                assert_eq!(world.audit_holds(ctx.principal.company).await, events, "nothing happened");
            }
            Err(other) => panic!("{email}: {other}"),
        }
    }
}

async fn leaves_nothing(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let visio = world.benefit(&anna, "gold-core", "visio-professional-2019").await;
    let db = world.store.db.conn();
    let key =
        licence_key::Entity::find().filter(licence_key::Column::BenefitId.eq(visio)).one(db).await.unwrap().unwrap();
    let mut damaged = key.into_active_model();
    damaged.ciphertext = Set(vec![1, 2, b'k', b'1', 0]);
    damaged.update(db).await.unwrap();
    let reveals = key_reveal::Entity::find().count(db).await.unwrap();
    let events = world.audit_holds(anna.principal.company).await;
    assert!(matches!(reveal_keys(&anna, visio, false).await, Err(StoreError::Unreadable)));
    assert_eq!(key_reveal::Entity::find().count(db).await.unwrap(), reveals);
    assert_eq!(world.audit_holds(anna.principal.company).await, events);
    assert_eq!(get_detail(&anna, visio).await.unwrap().activated_at, None);
}

/// No ciphertext or index holds a demo key's letters, and equal keys cannot be told apart.
async fn in_clear(backend: Backend) {
    let world = demo(backend).await;
    let rows = licence_key::Entity::find().all(world.store.db.conn()).await.unwrap();
    assert_eq!(rows.len(), 180);
    for row in &rows {
        for secret in [&row.ciphertext, &row.blind_index] {
            assert!(!secret.windows(4).any(|w| w == b"DEMO"), "{}", row.id);
        }
    }
    // A key sealed for one company does not open in another's row.
    let (mine, theirs) = (world.anna().await, world.gina().await);
    let db = world.store.db.conn();
    let of = |company| async move {
        licence_key::Entity::find().filter(licence_key::Column::CompanyId.eq(company)).one(db).await.unwrap().unwrap()
    };
    let stolen = of(theirs.principal.company.unwrap()).await.ciphertext;
    let target = of(mine.principal.company.unwrap()).await;
    let benefit = target.benefit_id.unwrap();
    let mut target = target.into_active_model();
    target.ciphertext = Set(stolen);
    target.update(db).await.unwrap();
    assert!(matches!(reveal_keys(&mine, benefit, true).await, Err(StoreError::Unreadable)));
}

async fn bad_files(backend: Backend) {
    let world = demo(backend).await;
    let before = licence_key::Entity::find().count(world.store.db.conn()).await.unwrap();
    let in_stock = store::demo::KEYS.lines().nth(1).unwrap();
    let (code, key) = in_stock.split_once(',').unwrap();
    let file = format!(
        "product,key\n{code},DEMO1-AAAAA-AAAAA-AAAAA-AAAAA\nnope,DEMO1-AAAAA-AAAAA-AAAAA-AAAAB\n{code},short\n{code},demo1-aaaaa-aaaaa-aaaaa-aaaaa\nwindows-server-2019-cals,DEMO1-AAAAA-AAAAA-AAAAA-AAAAC\nonly-one-field\n{code},{key}\n"
    );
    let Err(KeyImportError::Refused(found)) = import_keys(&world.store, file.as_bytes(), &Origin::default()).await
    else {
        panic!("imported")
    };
    let told: Vec<_> = found.iter().map(|f| (f.line, f.problem.clone())).collect();
    assert_eq!(
        told,
        [
            (3, KeyFileProblem::UnknownProduct { code: "nope".to_owned() }),
            (4, KeyFileProblem::Shape),
            (5, KeyFileProblem::DuplicateOfLine { line: 2 }),
            (6, KeyFileProblem::ProductWithoutKeys { code: "windows-server-2019-cals".to_owned() }),
            (7, KeyFileProblem::NotARow),
            (8, KeyFileProblem::DuplicateInStock),
        ]
    );
    assert!(!format!("{found:?}").contains("DEMO1"), "a finding never holds a key");
    for (file, problem) in [
        ("", KeyFileProblem::Header),
        ("key,product\n", KeyFileProblem::Header),
        ("product,key\n", KeyFileProblem::Empty),
    ] {
        let Err(KeyImportError::Refused(found)) = import_keys(&world.store, file.as_bytes(), &Origin::default()).await
        else {
            panic!("imported")
        };
        assert_eq!(found[0].problem, problem);
    }
    assert_eq!(licence_key::Entity::find().count(world.store.db.conn()).await.unwrap(), before);
    let good = format!("\u{feff}product,key\r\n{code} , DEMO1-AAAAA-AAAAA-AAAAA-AAAAA\r\n");
    assert_eq!(import_keys(&world.store, good.as_bytes(), &Origin::default()).await.unwrap(), 1);
}

/// Rules R-FILE-1 and R-FILE-2.
async fn spreadsheets(backend: Backend) {
    let world = demo(backend).await;
    let import = async |file: &[u8]| import_keys(&world.store, file, &Origin::default()).await;
    let refused = async |file: &[u8]| match import(file).await {
        Err(KeyImportError::Refused(found)) => found.into_iter().map(|f| (f.line, f.problem)).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let wrong = [
        (3, KeyFileProblem::Shape),
        (4, KeyFileProblem::DuplicateOfLine { line: 2 }),
        (5, KeyFileProblem::UnknownProduct { code: "unknown-product".to_owned() }),
    ];
    assert_eq!(refused(include_bytes!("files/keys-lines-crlf.csv")).await, wrong);
    assert_eq!(refused(include_bytes!("files/keys-lines-lf.csv")).await, wrong);
    let before = licence_key::Entity::find().count(world.store.db.conn()).await.unwrap();
    let mut all = 0;
    for (file, keys) in [
        (&include_bytes!("files/keys-semicolon-bom.csv")[..], 2),
        (include_bytes!("files/keys-utf16.txt"), 1),
        (include_bytes!("files/keys-heading-case.csv"), 1),
        (include_bytes!("files/keys-trailing-columns.csv"), 2),
        (include_bytes!("files/keys-trailing-rows.csv"), 2),
        (include_bytes!("files/keys-endash.csv"), 1),
        (include_bytes!("files/keys-zwsp.csv"), 1),
    ] {
        assert_eq!(import(file).await.unwrap(), keys, "{file:?}");
        all += keys;
    }
    assert_eq!(licence_key::Entity::find().count(world.store.db.conn()).await.unwrap(), before + all);
    assert_eq!(refused(b"product,key\r\nx,\xf6").await, [(2, KeyFileProblem::NotText)]);
    let utf16 = &include_bytes!("files/keys-utf16.txt")[2..];
    assert_eq!(refused(utf16).await, [(1, KeyFileProblem::NotText)], "without its mark");
}

async fn owed(backend: Backend) {
    let world = empty(backend).await;
    let catalogue = store::catalogue::file::read(store::demo::CATALOGUE).unwrap();
    store::catalogue::import::import(&world.store, &catalogue, None, &Origin::default()).await.unwrap();
    // One key for one product: the other products' keys are owed.
    import_keys(
        &world.store,
        b"product,key\nvisio-professional-2019,DEMO1-AAAAA-AAAAA-AAAAA-AAAAA\n",
        &Origin::default(),
    )
    .await
    .unwrap();
    store::demo::load(&world.store).await.unwrap_err();
    assert_eq!(order::Entity::find().count(world.store.db.conn()).await.unwrap(), 3, "the terms began all the same");
    let gina = world.gina().await;
    let office = world.benefit(&gina, "silver-core", "office-professional-plus-2019").await;
    assert!(matches!(reveal_keys(&gina, office, true).await, Err(StoreError::Reveal(RevealRefusal::NotDeliveredYet))));
    // The oldest order got the one there was.
    let visio = world.benefit(&gina, "silver-core", "visio-professional-2019").await;
    assert_eq!(reveal_keys(&gina, visio, true).await.unwrap().len(), 1);
}

/// Whoever changes, removes or cuts off an event is found out, at its number.
async fn tampering(backend: Backend) {
    use sea_orm::ConnectionTrait;
    let world = demo(backend).await;
    let company = world.anna().await.principal.company;
    let db = world.store.db.conn();
    let whole = world.audit_holds(company).await;
    assert!(whole >= 4, "the story's reveals are recorded");
    let chain = company.unwrap();
    let hex = chain.0.simple().to_string();
    let chain = if backend == Backend::Postgres { format!("'{}'", chain.0) } else { format!("x'{hex}'") };
    for (sql, broken_at) in [
        (format!("UPDATE audit_events SET action = 'keys.imported' WHERE chain = {chain} AND number = 2"), 2),
        (format!("DELETE FROM audit_events WHERE chain = {chain} AND number = 2"), 2),
        (format!("DELETE FROM audit_events WHERE chain = {chain} AND number >= 2"), 2),
    ] {
        db.execute_unprepared(&sql).await.unwrap();
        assert_eq!(store::audit::verify(&world.store.keys, db, company).await.unwrap(), Err(broken_at), "{sql}");
    }
}
