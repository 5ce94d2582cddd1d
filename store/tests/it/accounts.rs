//! The people of a company: added, invited, given roles, disabled.

use crate::harness::{Backend, demo, on_both};
use chrono::TimeDelta;
use domain::access::{Action, Role};
use domain::people::{AccountState, INVITATION_LIFE, PeopleFilter, PeopleRefusal, SeatsOfLeaver};
use sea_orm::EntityTrait;
use store::entity::{invitation, session};
use store::people::account::{
    PeopleQuery, add_user, disable_user, enable_user, get_person, invite_again, list_choices, list_people, set_roles,
};
use store::people::invitation::{accept_invitation, get_invited};
use store::people::sign_in::sign_in;
use store::{Origin, StoreError, demo::PASSWORD};

on_both! {
    a_person_is_added_and_joins => joins,
    an_invitation_is_worth_one_password => invitation_once,
    roles_follow_the_table => roles,
    the_last_global_admin_stays => last,
    a_disabled_person_is_out_at_once => disabled,
    finding_people => finding,
    people_of_others_are_not_there => foreign,
}

const GOOD: &str = "korrekt pferd batterie klammer";

fn people(refusal: Result<impl std::fmt::Debug, StoreError>) -> PeopleRefusal {
    match refusal {
        Err(StoreError::People(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

async fn joins(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let (id, token) = add_user(&anna, " Ida Ünal ", "Ida@Contoso.example", &[Role::AdminAgent]).await.unwrap();
    let person = get_person(&anna, id, None).await.unwrap();
    assert_eq!((person.name.as_str(), person.state), ("Ida Ünal", AccountState::Invited));
    assert_eq!(person.invited_until, Some(world.store.now() + INVITATION_LIFE));
    assert!(sign_in(&world.store, "ida@contoso.example", GOOD, None, &Origin::default()).await.is_err());
    assert_eq!(get_invited(&world.store, &token).await.unwrap().company, "Contoso GmbH");
    accept_invitation(&world.store, &token, GOOD, GOOD, &Origin::default()).await.unwrap();
    sign_in(&world.store, "ida@contoso.example", GOOD, None, &Origin::default()).await.unwrap();
    assert_eq!(get_person(&anna, id, None).await.unwrap().state, AccountState::Active);
    // The address has an account now, in this company or another.
    for taken in ["IDA@contoso.example", "gina.global@fabrikam.example"] {
        assert_eq!(people(add_user(&anna, "X", taken, &[]).await), PeopleRefusal::EmailTaken);
    }
    for name in ["", "  ", "a\nb", &"x".repeat(201)] {
        assert!(matches!(add_user(&anna, name, "new@contoso.example", &[]).await, Err(StoreError::Name)), "{name}");
    }
    world.audit_holds(anna.principal.company).await;
}

async fn invitation_once(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let store = &world.store;
    let (id, first) = add_user(&anna, "Ida", "ida@contoso.example", &[]).await.unwrap();
    let second = invite_again(&anna, id).await.unwrap();
    let accept = async |token: &str| accept_invitation(store, token, GOOD, GOOD, &Origin::default()).await;
    for bad in ["", "wrong", &first] {
        assert_eq!(people(accept(bad).await), PeopleRefusal::Invitation, "{bad}");
    }
    let stored = invitation::Entity::find().all(store.db.conn()).await.unwrap();
    assert!(stored.iter().all(|i| i.token_hash.len() == 32), "the token itself is not stored");
    assert!(matches!(
        accept_invitation(store, &second, "short", "short", &Origin::default()).await,
        Err(StoreError::Password(_))
    ));
    store.clock.advance(INVITATION_LIFE - TimeDelta::microseconds(1));
    get_invited(store, &second).await.unwrap();
    store.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(people(accept(&second).await), PeopleRefusal::Invitation, "too old");
    let third = invite_again(&anna, id).await.unwrap();
    accept(&third).await.unwrap();
    assert_eq!(people(accept(&third).await), PeopleRefusal::Invitation, "it works once");
    assert_eq!(people(invite_again(&anna, id).await), PeopleRefusal::AlreadyJoined);
    // Whoever has the link must not become Global admin with it.
    let ursula = world.ctx("ursula.user@contoso.example").await;
    let (id, token) = add_user(&ursula, "Eve", "eve@contoso.example", &[]).await.unwrap();
    set_roles(&anna, id, &[Role::GlobalAdmin], None).await.unwrap();
    assert_eq!(people(accept(&token).await), PeopleRefusal::Invitation);
    assert!(matches!(invite_again(&ursula, id).await, Err(StoreError::Forbidden(Action::GrantGlobalAdmin))));
    let token = invite_again(&anna, id).await.unwrap();
    disable_user(&anna, id, SeatsOfLeaver::Keep, None).await.unwrap();
    assert_eq!(people(accept(&token).await), PeopleRefusal::Invitation, "disabled in the meantime");
}

async fn roles(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let ursula = world.ctx("ursula.user@contoso.example").await;
    let emil = world.person("emil.employee@contoso.example").await.0;
    set_roles(&ursula, emil, &[Role::AdminAgent, Role::MpnPartnerAdmin], None).await.unwrap();
    assert_eq!(get_person(&anna, emil, None).await.unwrap().roles, [Role::AdminAgent, Role::MpnPartnerAdmin]);
    let forbidden = |r: Result<(), StoreError>, action| {
        assert!(matches!(r, Err(StoreError::Forbidden(a)) if a == action), "{r:?}");
    };
    forbidden(set_roles(&ursula, emil, &[Role::GlobalAdmin], None).await, Action::GrantGlobalAdmin);
    forbidden(set_roles(&ursula, anna.user(), &[], None).await, Action::GrantGlobalAdmin);
    assert_eq!(
        people(set_roles(&ursula, ursula.user(), &[Role::UserAdmin, Role::MpnPartnerAdmin], None).await),
        PeopleRefusal::NotToOneself
    );
    forbidden(
        add_user(&ursula, "X", "x@contoso.example", &[Role::GlobalAdmin]).await.map(drop),
        Action::GrantGlobalAdmin,
    );
    for email in ["adam.agent@contoso.example", "marta.mpn@contoso.example", "olga.operator@programme.example"] {
        let ctx = world.ctx(email).await;
        forbidden(set_roles(&ctx, emil, &[], None).await, Action::GrantRole);
        forbidden(add_user(&ctx, "X", "x@contoso.example", &[]).await.map(drop), Action::AddUser);
        forbidden(disable_user(&ctx, emil, SeatsOfLeaver::Keep, None).await.map(drop), Action::DisableUser);
    }
    // What somebody else changed since the form was shown is not written over.
    let seen = [Role::AdminAgent, Role::MpnPartnerAdmin];
    set_roles(&anna, emil, &[Role::AdminAgent], Some(&seen)).await.unwrap();
    assert_eq!(
        people(set_roles(&ursula, emil, &[Role::AdminAgent, Role::MpnPartnerAdmin], Some(&seen)).await),
        PeopleRefusal::RolesChanged
    );
    // A user admin disables, but what becomes of the seats is a Global admin's business.
    forbidden(disable_user(&ursula, emil, SeatsOfLeaver::Free, None).await.map(drop), Action::AssignSeat);
    forbidden(disable_user(&ursula, anna.user(), SeatsOfLeaver::Keep, None).await.map(drop), Action::GrantGlobalAdmin);
    disable_user(&ursula, emil, SeatsOfLeaver::Keep, None).await.unwrap();
    assert_eq!(get_person(&anna, emil, None).await.unwrap().seats.total, 1, "kept");
}

async fn last(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    assert_eq!(people(set_roles(&anna, anna.user(), &[], None).await), PeopleRefusal::LastGlobalAdmin);
    assert_eq!(people(disable_user(&anna, anna.user(), SeatsOfLeaver::Keep, None).await), PeopleRefusal::NotOneself);
    assert!(get_person(&anna, anna.user(), None).await.unwrap().is_last_global_admin);
    // Somebody who was invited and has not joined cannot act, and so does not count.
    let (ben, _) = add_user(&anna, "Ben", "ben@contoso.example", &[Role::GlobalAdmin]).await.unwrap();
    assert_eq!(people(set_roles(&anna, anna.user(), &[], None).await), PeopleRefusal::LastGlobalAdmin);
    assert_eq!(list_people(&anna, &PeopleQuery::default()).await.unwrap().global_admins, 1);
    set_roles(&anna, ben, &[], None).await.unwrap();
    let ursula = world.person("ursula.user@contoso.example").await.0;
    set_roles(&anna, ursula, &[Role::GlobalAdmin], None).await.unwrap();
    assert_eq!(list_people(&anna, &PeopleQuery::default()).await.unwrap().global_admins, 2);
    let ursulas = world.ctx("ursula.user@contoso.example").await;
    disable_user(&ursulas, anna.user(), SeatsOfLeaver::Keep, None).await.unwrap();
    assert_eq!(people(set_roles(&ursulas, ursula, &[], None).await), PeopleRefusal::LastGlobalAdmin);
}

async fn disabled(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let emil = world.person("emil.employee@contoso.example").await.0;
    sign_in(&world.store, "emil.employee@contoso.example", PASSWORD, None, &Origin::default()).await.unwrap();
    disable_user(&anna, emil, SeatsOfLeaver::Free, None).await.unwrap();
    assert!(session::Entity::find().all(world.store.db.conn()).await.unwrap().is_empty());
    assert!(sign_in(&world.store, "emil.employee@contoso.example", PASSWORD, None, &Origin::default()).await.is_err());
    assert_eq!(people(disable_user(&anna, emil, SeatsOfLeaver::Keep, None).await), PeopleRefusal::Disabled);
    enable_user(&anna, emil).await.unwrap();
    enable_user(&anna, emil).await.unwrap();
    sign_in(&world.store, "emil.employee@contoso.example", PASSWORD, None, &Origin::default()).await.unwrap();
    world.audit_holds(anna.principal.company).await;
}

async fn finding(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let (id, _) = add_user(&anna, "Ärzte Öl", "oel@contoso.example", &[]).await.unwrap();
    let find = async |search: &str, filter| {
        let query = PeopleQuery { search: search.to_owned(), filter, after: None };
        list_people(&anna, &query).await.unwrap().rows.into_iter().map(|r| r.name).collect::<Vec<_>>()
    };
    assert_eq!(find("  ÄRZTE ", PeopleFilter::All).await, ["Ärzte Öl"]);
    assert_eq!(find("example emil", PeopleFilter::All).await, ["Emil Employee"], "each word, wherever");
    assert_eq!(find("%", PeopleFilter::All).await, [""; 0]);
    assert_eq!(find("", PeopleFilter::Invited).await, ["Ärzte Öl"]);
    assert_eq!(find("", PeopleFilter::WithRole).await, ["Adam Agent", "Anna Global", "Marta MPN", "Ursula User"]);
    let all = list_people(&anna, &PeopleQuery::default()).await.unwrap();
    assert_eq!((all.total, all.counts), (6, [6, 4, 1, 0]));
    let query = PeopleQuery { search: "emil".to_owned(), ..PeopleQuery::default() };
    assert_eq!(list_people(&anna, &query).await.unwrap().counts, [1, 0, 0, 0], "the chips count what is found");
    assert_eq!(all.rows.iter().find(|r| r.name == "Anna Global").unwrap().seats, 2);
    disable_user(&anna, id, SeatsOfLeaver::Keep, None).await.unwrap();
    assert_eq!(find("", PeopleFilter::Disabled).await, ["Ärzte Öl"]);
    let offered = list_choices(&anna, "ärzte", None).await.unwrap();
    assert!(offered.people.is_empty(), "nobody picks somebody who is disabled");
    let emil = world.person("emil.employee@contoso.example").await.0;
    let offered = list_choices(&anna, "anna", Some(emil)).await.unwrap();
    assert_eq!(offered.people.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["Emil Employee", "Anna Global"]);
}

async fn foreign(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let gina = world.gina().await;
    let annas = anna.user();
    assert!(matches!(get_person(&gina, annas, None).await, Err(StoreError::NotFound)));
    assert!(matches!(set_roles(&gina, annas, &[], None).await, Err(StoreError::NotFound)));
    assert!(matches!(disable_user(&gina, annas, SeatsOfLeaver::Keep, None).await, Err(StoreError::NotFound)));
    assert!(matches!(enable_user(&gina, annas).await, Err(StoreError::NotFound)));
    assert!(matches!(invite_again(&gina, annas).await, Err(StoreError::NotFound)));
    assert_eq!(list_people(&gina, &PeopleQuery::default()).await.unwrap().total, 1);
    let stranger = PeopleQuery { after: Some(annas.to_string()), ..PeopleQuery::default() };
    assert_eq!(list_people(&gina, &stranger).await.unwrap().rows.len(), 1, "a foreign cursor is the first page");
    assert!(list_choices(&gina, "", Some(annas)).await.unwrap().people.iter().all(|c| c.id != annas));
    let emil = world.ctx("emil.employee@contoso.example").await;
    assert!(matches!(list_people(&emil, &PeopleQuery::default()).await, Err(StoreError::Forbidden(_))));
}
