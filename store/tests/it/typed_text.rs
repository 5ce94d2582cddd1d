//! What people type: found however it is written, sorted alike on both databases, one account for
//! both spellings of a domain, one password on every keyboard, no key left in a text.

use crate::harness::{Backend, World, demo, on_both};
use crate::technical::OLGA;
use domain::benefits::advisory::CaseForm;
use domain::console::{CompanyField, CompanyForm, ConsoleRefusal};
use domain::email::EmailProblem;
use domain::password::PasswordProblem;
use domain::people::PeopleRefusal;
use domain::text::Hidden;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use store::benefits::advisory::{get_case, get_new_case, save_draft, submit_case, write_message};
use store::companies::{create_company, list_companies};
use store::entity::user;
use store::outbox::send_test;
use store::people::account::{PAGE, PeopleQuery, add_user, list_choices, list_people};
use store::people::invitation::accept_invitation;
use store::people::password::Passwords;
use store::people::role_request::{decide_request, get_become, request_role};
use store::people::setup::{create_first_operator, issue_setup_token};
use store::people::sign_in::sign_in;
use store::people::who_may::names_with;
use store::{Ctx, Origin, StoreError, demo::PASSWORD};

on_both! {
    people_are_found_however_they_are_written => found,
    lists_are_sorted_alike_on_both_databases => sorted,
    companies_are_found_and_sorted_alike => companies,
    both_spellings_of_a_domain_are_one_account => spellings,
    what_nobody_sees_is_refused_by_name => hidden,
    a_password_is_one_on_every_keyboard => keyboards,
    no_text_keeps_a_key => keys,
}

/// People of a company, as they came over from another portal; none of them is in the demo.
const PEOPLE: [&str; 22] = [
    "Ärger Anton",
    "ÄNNE KÖHLER",
    "Zoë Zimmer",
    "Öz İsmail",
    "Çınar Işık",
    "İpek Yılmaz",
    "Straße Stefan",
    "STRASSE SABINE",
    "Ødegård Ola",
    "Łukasz Żak",
    "Null",
    "O’Brien Seán",
    "X",
    "الياس حداد",
    "田中 太郎",
    "👩\u{200d}💻 Ada",
    "Müller Jörg",
    "Mu\u{308}ller Ju\u{308}rgen",
    "Nguyễn Thị Ánh",
    "Bob",
    "Anna Müller-Lüdenscheidt von und zu Donaudampfschifffahrtsgesellschaftskapitänspatent",
    "100 % Lund_berg",
];

async fn moved(world: &World) -> Ctx {
    let gina = world.gina().await;
    for (n, name) in PEOPLE.iter().enumerate() {
        add_user(&gina, name, &format!("p{n}@names.example"), &[]).await.unwrap();
    }
    gina
}

async fn found(backend: Backend) {
    let world = demo(backend).await;
    let gina = moved(&world).await;
    for (typed, expected) in [
        ("ipek", &["İpek Yılmaz"][..]),
        ("İPEK yilmaz", &["İpek Yılmaz"]),
        ("ışık", &["Çınar Işık"]),
        ("IŞIK", &["Çınar Işık"]),
        ("ÇINAR", &["Çınar Işık"]),
        ("ismail", &["Öz İsmail"]),
        ("strasse", &["STRASSE SABINE", "Straße Stefan"]),
        ("straße", &["STRASSE SABINE", "Straße Stefan"]),
        ("jürgen", &["Müller Jürgen"]),
        ("ju\u{308}rgen", &["Müller Jürgen"]),
        ("jurgen muller", &["Müller Jürgen"]),
        ("jörg müller", &["Müller Jörg"]),
        ("köhler", &["ÄNNE KÖHLER"]),
        ("KÖHLER", &["ÄNNE KÖHLER"]),
        ("sean", &["O’Brien Seán"]),
        ("o'brien", &["O’Brien Seán"]),
        ("O‘BRIEN", &["O’Brien Seán"]),
        ("lukasz", &["Łukasz Żak"]),
        ("łukasz", &["Łukasz Żak"]),
        ("Odegard", &["Ødegård Ola"]),
        ("nguyen thi", &["Nguyễn Thị Ánh"]),
        ("zoe", &["Zoë Zimmer"]),
        ("حداد", &["الياس حداد"]),
        ("太郎", &["田中 太郎"]),
        ("💻", &["👩\u{200d}💻 Ada"]),
        ("lu\u{308}denscheidt", &[PEOPLE[20]]),
        ("Müller–Lüdenscheidt", &[PEOPLE[20]]),
        ("\u{200b}ipek\u{a0}", &["İpek Yılmaz"]),
        // Nothing that somebody types is a wildcard.
        ("%", &["100 % Lund_berg"]),
        ("_", &["100 % Lund_berg"]),
        ("\\", &[]),
        ("nobody", &[]),
    ] {
        let query = PeopleQuery { search: typed.to_owned(), ..PeopleQuery::default() };
        let rows = list_people(&gina, &query).await.unwrap().rows;
        assert_eq!(rows.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), expected, "{typed}");
        let offered = list_choices(&gina, typed, None).await.unwrap().people;
        assert_eq!(offered.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), expected, "{typed}");
    }
}

async fn sorted(backend: Backend) {
    let world = demo(backend).await;
    let gina = moved(&world).await;
    let expected = [
        "100 % Lund_berg",
        PEOPLE[20],
        "ÄNNE KÖHLER",
        "Ärger Anton",
        "Bob",
        "Çınar Işık",
        "Gina Global",
        "İpek Yılmaz",
        "Łukasz Żak",
        "Müller Jörg",
        "Müller Jürgen",
        "Nguyễn Thị Ánh",
        "Null",
        "O’Brien Seán",
        "Ødegård Ola",
        "Öz İsmail",
        "STRASSE SABINE",
        "Straße Stefan",
        "X",
        "Zoë Zimmer",
        "الياس حداد",
        "田中 太郎",
        "👩\u{200d}💻 Ada",
    ];
    let all = list_people(&gina, &PeopleQuery::default()).await.unwrap();
    assert_eq!(all.rows.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), expected);
    // Page by page, nobody is missing and nobody comes twice.
    for n in 0..PAGE {
        add_user(
            &gina,
            &format!("{} {n}", PEOPLE[usize::try_from(n).unwrap() % 22]),
            &format!("q{n}@names.example"),
            &[],
        )
        .await
        .unwrap();
    }
    let first = list_people(&gina, &PeopleQuery::default()).await.unwrap();
    let query = PeopleQuery { after: first.next.clone(), ..PeopleQuery::default() };
    let second = list_people(&gina, &query).await.unwrap();
    let mut ids: Vec<_> = first.rows.iter().chain(&second.rows).map(|r| r.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len() as u64, second.next), (first.total, None));
    // The names behind "In your company" are sorted the same way.
    let company = gina.principal.company.unwrap();
    for email in ["p3@names.example", "p19@names.example"] {
        let row = user::Entity::find_by_id(world.person(email).await.0).one(world.store.db.conn()).await;
        let mut row = row.unwrap().unwrap().into_active_model();
        row.password_hash = Set(Some("none".to_owned()));
        let id = row.update(world.store.db.conn()).await.unwrap().id;
        store::people::account::set_roles(&gina, id, &[domain::access::Role::AdminAgent], None).await.unwrap();
    }
    let agents = names_with(&gina, company, &[domain::access::Role::AdminAgent]).await.unwrap();
    assert_eq!(agents, ["Bob", "Öz İsmail"]);
}

fn company(name: &str, domain: &str) -> CompanyForm {
    CompanyForm {
        name: name.to_owned(),
        account_email: "office@agency.example".to_owned(),
        domain: domain.to_owned(),
        in_predecessor: false,
    }
}

async fn companies(backend: Backend) {
    let world = demo(backend).await;
    let olga = world.ctx(OLGA).await;
    for (name, domain) in [
        ("Rügen Reisen", ""),
        ("Çelik A.Ş.", ""),
        ("Île-de-Ré Conseil", ""),
        ("Łódź Software", ""),
        ("ﷺ".repeat(200).as_str(), ""),
        (" Dachs\u{a0}&  Söhne\u{200b}", "Müller-xy.example"),
    ] {
        create_company(&olga, &company(name, domain)).await.unwrap();
    }
    let names = async |search: &str| {
        let rows = list_companies(&olga, search, None).await.unwrap().rows;
        rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
    };
    let all = names("").await;
    assert_eq!(
        all[..8],
        [
            "Çelik A.Ş.",
            "Contoso GmbH",
            "Dachs & Söhne",
            "Fabrikam Ltd",
            "Île-de-Ré Conseil",
            "Łódź Software",
            "Northwind",
            "Rügen Reisen"
        ]
    );
    for (typed, expected) in [
        ("celik a.s.", "Çelik A.Ş."),
        ("lodz", "Łódź Software"),
        ("soehne", ""),
        ("SÖHNE", "Dachs & Söhne"),
        ("müller-xy", "Dachs & Söhne"),
        ("xn--mller", "Dachs & Söhne"),
    ] {
        assert_eq!(names(typed).await.concat(), expected, "{typed}");
    }
    // Both spellings of a domain are one company's.
    let taken = create_company(&olga, &company("Other", "xn--mller-xy-65a.example")).await;
    assert!(matches!(taken, Err(StoreError::Console(ConsoleRefusal::DomainTaken { .. }))), "{taken:?}");
    let wrong = create_company(&olga, &company("North\u{202e}dniw", "")).await;
    let problem = ConsoleRefusal::Hidden(CompanyField::Name, Hidden('\u{202e}'));
    assert!(matches!(&wrong, Err(StoreError::Console(refusal)) if *refusal == problem), "{wrong:?}");
}

async fn spellings(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let good = "korrekt pferd batterie klammer";
    let (_, token) = add_user(&anna, "Käthe", "Käthe <Kaethe@müller-xy.example>;", &[]).await.unwrap();
    let taken = add_user(&anna, "Käthe", "kaethe@XN--MLLER-XY-65A.example", &[]).await;
    assert!(matches!(taken, Err(StoreError::People(PeopleRefusal::EmailTaken))), "{taken:?}");
    accept_invitation(&world.store, &token, good, good, &Origin::default()).await.unwrap();
    for typed in
        ["kaethe@müller-xy.example", "KAETHE@xn--mller-xy-65a.example", "mailto:kaethe@mu\u{308}ller-xy.example"]
    {
        sign_in(&world.store, typed, good, None, &Origin::default()).await.unwrap();
    }
    for typed in ["müller-xy", "kaethe@xn--mller-xy-65a.example", "kaethe@müller-xy.example"] {
        let query = PeopleQuery { search: typed.to_owned(), ..PeopleQuery::default() };
        let rows = list_people(&anna, &query).await.unwrap().rows;
        assert_eq!(rows.iter().map(|r| r.email.as_str()).collect::<Vec<_>>(), ["Kaethe@müller-xy.example"], "{typed}");
    }
    // A mailbox that few servers take is questioned; whoever has one already still gets in.
    let questioned = add_user(&anna, "Jörg", "jörg@contoso.example", &[]).await;
    assert!(matches!(questioned, Err(StoreError::Email(EmailProblem::LocalNotAscii))), "{questioned:?}");
    let questioned = send_test(&world.ctx(OLGA).await, "jörg@contoso.example").await;
    assert!(matches!(questioned, Err(StoreError::Email(EmailProblem::LocalNotAscii))), "{questioned:?}");
    let (id, _) = world.person("adam.agent@contoso.example").await;
    let row = user::Entity::find_by_id(id).one(world.store.db.conn()).await.unwrap().unwrap();
    let mut row = row.into_active_model();
    row.email = Set("Jörg@contoso.example".to_owned());
    row.email_normalized = Set("jörg@contoso.example".to_owned());
    row.update(world.store.db.conn()).await.unwrap();
    sign_in(&world.store, "JÖRG@contoso.example", PASSWORD, None, &Origin::default()).await.unwrap();
}

async fn hidden(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    for (name, sign) in [("Em\u{200b}il", '\u{200b}'), ("Emil\u{202e}limE", '\u{202e}'), ("Em\u{ad}il", '\u{ad}')] {
        let refused = add_user(&anna, name, "new@contoso.example", &[]).await;
        assert!(matches!(refused, Err(StoreError::HiddenInName(Hidden(c))) if c == sign), "{refused:?}");
    }
    let refused = add_user(&anna, "Emil", "ne\u{200b}w@contoso.example", &[]).await;
    assert!(matches!(refused, Err(StoreError::Email(EmailProblem::Hidden(Hidden('\u{200b}'))))), "{refused:?}");
    let (id, _) =
        add_user(&anna, "\u{202a}علی\u{200c}رضا\u{202c}", "\u{feff}new@contoso.example\u{200b}", &[]).await.unwrap();
    let row = user::Entity::find_by_id(id).one(world.store.db.conn()).await.unwrap().unwrap();
    assert_eq!((row.name.as_str(), row.email.as_str()), ("علی\u{200c}رضا", "new@contoso.example"));
    // The first operator is no exception.
    let world = crate::harness::empty(backend).await;
    let store = &world.store;
    let token = issue_setup_token(store).await.unwrap();
    let good = "korrekt pferd batterie";
    for name in ["Ol\u{7}ga", "Ol\nga", "\u{200b}", "Ol\u{202e}ga"] {
        let made = create_first_operator(store, &token, name, "olga@p.example", good, good, &Origin::default()).await;
        assert!(matches!(made, Err(StoreError::Name | StoreError::HiddenInName(_))), "{name:?}: {made:?}");
    }
    let pasted = format!("\u{200b}{token}\u{feff}\n");
    create_first_operator(store, &pasted, "Olga\u{200b}", "olga@p.example", good, good, &Origin::default())
        .await
        .unwrap();
}

async fn keyboards(backend: Backend) {
    let world = demo(backend).await;
    let store = &world.store;
    let anna = world.anna().await;
    let (composed, apart) = ("Grüner Bär fährt Zug", "Gru\u{308}ner Ba\u{308}r fa\u{308}hrt Zug");
    for (name, set, other) in [("Ida", composed, apart), ("Ines", apart, composed)] {
        let email = format!("{name}@contoso.example");
        let (_, token) = add_user(&anna, name, &email, &[]).await.unwrap();
        accept_invitation(store, &token, set, other, &Origin::default()).await.unwrap();
        sign_in(store, &email, set, None, &Origin::default()).await.unwrap();
        sign_in(store, &email, other, None, &Origin::default()).await.unwrap();
        let wrong = sign_in(store, &email, "Gruner Bar fahrt Zug", None, &Origin::default()).await;
        assert!(wrong.is_err(), "a letter without its mark is another one");
    }
    let (_, token) = add_user(&anna, "Ilse", "ilse@contoso.example", &[]).await.unwrap();
    for known in [PASSWORD, "Sommer2026!!", "Winter2026!!", "Summer2026!!", "correct horse battery staple"] {
        let refused = accept_invitation(store, &token, known, known, &Origin::default()).await;
        assert!(matches!(refused, Err(StoreError::Password(PasswordProblem::Guessable))), "{known}: {refused:?}");
    }
    accept_invitation(store, &token, composed, composed, &Origin::default()).await.unwrap();
    // The demo's own accounts may have its password again.
    Passwords::of_demo().judge(PASSWORD, &[]).await.unwrap();
    assert!(Passwords::default().judge(PASSWORD, &[]).await.is_err());
}

async fn keys(backend: Backend) {
    let world = demo(backend).await;
    let (anna, olga) = (world.anna().await, world.ctx(OLGA).await);
    let marta = world.ctx("marta.mpn@contoso.example").await;
    let adam = world.ctx("adam.agent@contoso.example").await;
    let key = "Key-ABCDE-FGHIJ\u{2011}KLMNO–PQRST-UVWXY-";
    let blanked = "Key-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-";
    let id = request_role(&marta, key).await.unwrap();
    assert_eq!(get_become(&anna).await.unwrap().to_decide[0].note, blanked);
    decide_request(&anna, id, false, key).await.unwrap();
    assert_eq!(get_become(&marta).await.unwrap().mine.unwrap().reason, blanked);
    let of = world.benefit(&adam, "gold-core", "partner-advisory-hours").await;
    let form = CaseForm { title: key.to_owned(), description: key.to_owned(), ..crate::advisory::form(1) };
    save_draft(&adam, of, &form, None).await.unwrap();
    let kept = get_new_case(&adam, of).await.unwrap().form;
    assert_eq!((kept.title.as_str(), kept.description.as_str()), (blanked, blanked));
    let number = submit_case(&adam, of, &form, None).await.unwrap();
    let case = get_case(&adam, &number).await.unwrap();
    write_message(&adam, case.row.id, key).await.unwrap();
    store::benefits::advisory::write_answer(&olga, case.row.id, key).await.unwrap();
    let told = format!("{:?}", get_case(&adam, &number).await.unwrap());
    assert!(told.contains(blanked) && !told.contains("FGHIJ"), "{told}");
    let mails = format!("{:?}", crate::technical::mails(&world, "case_answered").await);
    assert!(mails.contains(blanked) && !mails.contains("FGHIJ"), "{mails}");
}
