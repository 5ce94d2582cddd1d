//! Marketing contacts, and offers from the request to their end.

use crate::harness::{Backend, World, demo, on_both};
use crate::technical::{EMIL, OLGA, mails, work};
use chrono::{Months, TimeDelta};
use domain::access::Action;
use domain::benefits::BenefitStatus;
use domain::benefits::go_to_market::{Contact, ContactForm, MarketingRefusal, OfferState};
use domain::benefits::technical::TechnicalRefusal;
use domain::catalogue::Category;
use domain::email::EmailProblem;
use domain::id::{BenefitId, MarketingContactId, OfferActivationId};
use domain::language::Language;
use domain::mail::MailFacts;
use domain::people::SeatsOfLeaver;
use domain::phone::PhoneProblem;
use domain::queue::WorkKind;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::benefits::go_to_market::{
    activate_offer, decline_offer, fulfil_offer, get_marketing, list_activations, make_main, remove_contact,
    set_contact, withdraw_offer,
};
use store::benefits::list::{ListQuery, get_detail, list_benefits};
use store::dashboard::get_dashboard;
use store::entity::mail;
use store::people::account::disable_user;
use store::{Ctx, StoreError};

on_both! {
    an_offer_from_request_to_its_end => life,
    three_contacts_one_of_them_primary => contacts,
    nobody_to_write_to => unreachable,
    what_is_refused_changes_no_offer => refused,
}

const MARTA: &str = "marta.mpn@contoso.example";

fn form(email: &str) -> ContactForm {
    ContactForm { email: email.to_owned(), phone: "+49 30 5550177".to_owned(), language: "en".to_owned() }
}

fn refusal(r: Result<impl std::fmt::Debug, StoreError>) -> MarketingRefusal {
    match r {
        Err(StoreError::Marketing(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

async fn offer(world: &World, ctx: &Ctx) -> BenefitId {
    world.benefit(ctx, "gold-core", "gtm-presentation").await
}

async fn listed(ctx: &Ctx) -> Vec<Contact> {
    get_marketing(ctx).await.unwrap().contacts
}

async fn life(backend: Backend) {
    let world = demo(backend).await;
    let (marta, olga) = (world.ctx(MARTA).await, world.ctx(OLGA).await);
    let of = offer(&world, &marta).await;
    let (waiting, sent) = (work(&world, WorkKind::Offer).await, mails(&world, "offer_active").await.len());
    // Withdrawn, then asked for again.
    let first = activate_offer(&marta, of).await.unwrap();
    assert_eq!(get_detail(&marta, of).await.unwrap().row.status, BenefitStatus::Pending);
    assert_eq!(work(&world, WorkKind::Offer).await, waiting + 1);
    withdraw_offer(&marta, first).await.unwrap();
    assert_eq!(get_detail(&marta, of).await.unwrap().row.status, BenefitStatus::Available);
    assert_eq!(work(&world, WorkKind::Offer).await, waiting);
    world.store.clock.advance(TimeDelta::seconds(1));
    let second = activate_offer(&marta, of).await.unwrap();
    fulfil_offer(&olga, second, " See you.\r\n ").await.unwrap();
    let detail = get_detail(&marta, of).await.unwrap();
    let until = world.store.now().checked_add_months(Months::new(6)).unwrap();
    assert_eq!((detail.row.status, detail.row.expires_at), (BenefitStatus::Active, until));
    assert_eq!(work(&world, WorkKind::Offer).await, waiting);
    let told = &list_activations(&marta, of).await.unwrap()[0];
    assert_eq!(told.state, OfferState::Active);
    assert_eq!(told.told, Some(("Marta MPN".to_owned(), "marketing@contoso.example".to_owned())));
    // To the contact's address, in the contact's language, with the catalogue's words.
    let after = mails(&world, "offer_active").await;
    assert_eq!(after.len(), sent + 1);
    let (to, facts) = after.last().unwrap();
    assert_eq!(to, "marketing@contoso.example");
    let MailFacts::OfferActive { product, text, until: told_until, .. } = facts else { panic!("{facts:?}") };
    assert_eq!((product.as_str(), text.as_str()), ("Präsentation mit gemeinsamem Branding", "See you."));
    assert_eq!(*told_until, until);
    let row = mail::Entity::find()
        .filter(mail::Column::Once.eq(format!("offer:{second}:active")))
        .one(world.store.db.conn())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.language, Language::De);
    // Once is enough; and it ends at its instant, even if the term goes on.
    assert_eq!(refusal(activate_offer(&marta, of).await), MarketingRefusal::AlreadyActive);
    world.store.clock.advance(until - world.store.now() - TimeDelta::microseconds(1));
    assert_eq!(get_detail(&marta, of).await.unwrap().row.status, BenefitStatus::Active);
    world.store.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(get_detail(&marta, of).await.unwrap().row.status, BenefitStatus::Expired);
    world.audit_holds(marta.principal.company).await;
}

async fn contacts(backend: Backend) {
    let world = demo(backend).await;
    let (anna, emil) = (world.anna().await, world.person(EMIL).await.0);
    let [marta] = &listed(&anna).await[..] else { panic!("the demo names one") };
    let marta = marta.clone();
    assert!(marta.is_main && marta.language == Language::De);
    let emils = set_contact(&anna, None, emil, &form("emil@agency.example")).await.unwrap();
    let annas = set_contact(&anna, None, anna.user(), &form("anna@agency.example")).await.unwrap();
    let adam = world.person("adam.agent@contoso.example").await.0;
    assert_eq!(
        refusal(set_contact(&anna, None, adam, &form("adam@agency.example")).await),
        MarketingRefusal::TooManyContacts
    );
    // Updated; then another person in the same place.
    set_contact(&anna, Some(emils), emil, &form("emil@other.example")).await.unwrap();
    assert_eq!(
        refusal(set_contact(&anna, Some(emils), anna.user(), &form("a@agency.example")).await),
        MarketingRefusal::AlreadyContact
    );
    set_contact(&anna, Some(emils), adam, &form("adam@agency.example")).await.unwrap();
    make_main(&anna, annas).await.unwrap();
    let names = |all: Vec<Contact>| all.into_iter().map(|c| (c.person, c.is_main)).collect::<Vec<_>>();
    let of = |name: &str, main| (name.to_owned(), main);
    assert_eq!(names(listed(&anna).await), [of("Anna Global", true), of("Marta MPN", false), of("Adam Agent", false)]);
    // The oldest of the others takes the place of the primary one.
    remove_contact(&anna, annas).await.unwrap();
    assert_eq!(names(listed(&anna).await), [of("Marta MPN", true), of("Adam Agent", false)]);
    // What is typed wrong.
    for (typed, problem) in [
        (" OFFICE@contoso.example", EmailProblem::SameAsCompany),
        ("x@y.example\r\nBcc: z@y.example", EmailProblem::NotAnAddress),
    ] {
        let refused = set_contact(&anna, Some(emils), adam, &form(typed)).await;
        assert!(matches!(&refused, Err(StoreError::Email(p)) if *p == problem), "{typed:?}: {refused:?}");
    }
    let local = ContactForm { phone: "030 1".to_owned(), ..form("a@b.example") };
    assert_eq!(
        refusal(set_contact(&anna, Some(emils), adam, &local).await),
        MarketingRefusal::Phone(PhoneProblem::NotInternational)
    );
    // Strangers, and those who may not.
    let gina = world.gina().await;
    assert!(matches!(
        set_contact(&gina, Some(marta.id), gina.user(), &form("g@b.example")).await,
        Err(StoreError::NotFound)
    ));
    assert!(matches!(set_contact(&anna, None, gina.user(), &form("g@b.example")).await, Err(StoreError::NotFound)));
    assert!(matches!(make_main(&gina, marta.id).await, Err(StoreError::NotFound)));
    assert!(matches!(remove_contact(&gina, marta.id).await, Err(StoreError::NotFound)));
    let invented = MarketingContactId::new(uuid::Uuid::now_v7());
    assert!(matches!(remove_contact(&anna, invented).await, Err(StoreError::NotFound)));
    assert!(listed(&gina).await.is_empty());
    let ursula = world.ctx("ursula.user@contoso.example").await;
    let seen = get_marketing(&ursula).await.unwrap();
    assert_eq!((seen.contacts.len(), seen.who_may.names), (0, vec!["Anna Global".to_owned(), "Marta MPN".to_owned()]));
    assert!(matches!(
        remove_contact(&ursula, marta.id).await,
        Err(StoreError::Forbidden(Action::ManageMarketingContact))
    ));
    world.audit_holds(anna.principal.company).await;
}

async fn unreachable(backend: Backend) {
    let world = demo(backend).await;
    let (anna, olga) = (world.anna().await, world.ctx(OLGA).await);
    let of = offer(&world, &anna).await;
    let marta = listed(&anna).await.remove(0);
    let waiting = activate_offer(&anna, of).await.unwrap();
    disable_user(&anna, marta.user, SeatsOfLeaver::Keep, None).await.unwrap();
    assert!(listed(&anna).await[0].is_out);
    // Neither the next offer nor the one that waits goes to somebody who has left.
    let next = world.benefit(&anna, "gold-core", "gtm-case-study").await;
    let out = MarketingRefusal::ContactOut { name: "Marta MPN".to_owned() };
    assert_eq!(refusal(activate_offer(&anna, next).await), out);
    assert_eq!(refusal(fulfil_offer(&olga, waiting, "").await), out);
    assert_eq!(get_detail(&anna, of).await.unwrap().row.status, BenefitStatus::Pending);
    remove_contact(&anna, marta.id).await.unwrap();
    assert_eq!(refusal(activate_offer(&anna, next).await), MarketingRefusal::NoContact);
    assert_eq!(
        refusal(set_contact(&anna, None, marta.user, &form("m@agency.example")).await),
        MarketingRefusal::PersonDisabled
    );
    set_contact(&anna, None, anna.user(), &form("anna@agency.example")).await.unwrap();
    assert!(listed(&anna).await[0].is_main, "the first one is the primary one");
    activate_offer(&anna, next).await.unwrap();
    fulfil_offer(&olga, waiting, "").await.unwrap();
    assert_eq!(mails(&world, "offer_active").await.last().unwrap().0, "anna@agency.example");
}

async fn refused(backend: Backend) {
    let world = demo(backend).await;
    let (marta, olga, gina) = (world.ctx(MARTA).await, world.ctx(OLGA).await, world.gina().await);
    let of = offer(&world, &marta).await;
    let office = world.benefit(&marta, "gold-core", "office-professional-plus-2019").await;
    assert_eq!(refusal(activate_offer(&marta, office).await), MarketingRefusal::OtherKind);
    assert!(matches!(activate_offer(&gina, of).await, Err(StoreError::NotFound)));
    let adam = world.ctx("adam.agent@contoso.example").await;
    let forbidden = |r: Result<_, StoreError>| matches!(r, Err(StoreError::Forbidden(Action::ActivateOffer)));
    assert!(forbidden(activate_offer(&adam, of).await.map(drop)));
    assert!(forbidden(list_activations(&adam, of).await.map(drop)));
    assert!(forbidden(list_benefits(&adam, Category::GoToMarket, &ListQuery::default()).await.map(drop)));
    assert!(forbidden(get_detail(&adam, of).await.map(drop)));
    let offers = async |who: &Ctx| {
        let board = get_dashboard(who).await.unwrap();
        let lines = [board.ends.lines, board.waits.lines, board.free.lines].concat();
        lines.iter().filter(|a| a.category == Category::GoToMarket).count()
    };
    assert_eq!(offers(&adam).await, 0, "what they cannot open is no concern of theirs");
    assert!(offers(&marta).await > 0);
    let id = activate_offer(&marta, of).await.unwrap();
    assert_eq!(refusal(activate_offer(&marta, of).await), MarketingRefusal::AlreadyPending);
    assert!(matches!(withdraw_offer(&gina, id).await, Err(StoreError::NotFound)));
    assert!(matches!(fulfil_offer(&marta, id, "").await, Err(StoreError::Forbidden(Action::WorkQueue))));
    let long = "x".repeat(2_001);
    assert!(matches!(
        fulfil_offer(&olga, id, &long).await,
        Err(StoreError::Technical(TechnicalRefusal::TextTooLong { most: 2_000 }))
    ));
    assert!(matches!(decline_offer(&olga, id, " ").await, Err(StoreError::Technical(TechnicalRefusal::ReasonMissing))));
    let invented = OfferActivationId::new(uuid::Uuid::now_v7());
    assert!(matches!(fulfil_offer(&olga, invented, "").await, Err(StoreError::NotFound)));
    decline_offer(&olga, id, "Not in your country").await.unwrap();
    assert_eq!(refusal(fulfil_offer(&olga, id, "").await), MarketingRefusal::NotPossibleAnyMore);
    assert_eq!(refusal(withdraw_offer(&marta, id).await), MarketingRefusal::NotPossibleAnyMore);
    let told = mails(&world, "offer_declined").await;
    assert_eq!(told.last().unwrap().0, MARTA);
    assert_eq!(list_activations(&marta, of).await.unwrap()[0].reason, "Not in your country");
    // Later than its last instant, nothing begins.
    let last = get_detail(&marta, of).await.unwrap().row.activate_by;
    let again = activate_offer(&marta, of).await.unwrap();
    world.store.clock.advance(last - world.store.now() + TimeDelta::days(400));
    assert!(matches!(refusal(fulfil_offer(&olga, again, "").await), MarketingRefusal::Expired { .. }));
    withdraw_offer(&marta, again).await.unwrap();
    assert!(matches!(refusal(activate_offer(&marta, of).await), MarketingRefusal::Expired { .. }));
}
