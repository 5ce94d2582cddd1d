use crate::harness::{Backend, demo, on_both};
use domain::benefits::BenefitStatus;
use domain::benefits::view::BenefitFilter;
use domain::catalogue::Category;
use domain::language::Language;
use domain::view::Concern;
use std::sync::atomic::Ordering;
use store::benefits::list::{ListQuery, PAGE, get_detail, list_benefits};
use store::benefits::mine::list_my_benefits;
use store::dashboard::{get_dashboard, get_operator_dashboard};
use store::people::profile::{get_profile, get_viewer};
use store::people::who_may::who_may;
use store::{Ctx, StoreError};

on_both! {
    the_demo_company_has_its_benefits => contents,
    search_and_filters => filters,
    pages_follow_each_other => pages,
    details_are_whole => details,
    dashboards => dashboard,
    my_own => mine,
    statements_do_not_grow => statements,
    names_of_who_may => names,
}

async fn list(
    ctx: &Ctx,
    category: Category,
    filter: BenefitFilter,
    search: &str,
) -> domain::benefits::view::BenefitPage {
    list_benefits(ctx, category, &ListQuery { filter, search: search.to_owned(), after: None }).await.unwrap()
}

async fn contents(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let mut counts = Vec::new();
    for category in Category::ALL {
        counts.push(list(&anna, category, BenefitFilter::All, "").await.total);
    }
    // Gold Core and Action Pack: 12 + 13, 5 + 5, 1 + 1, 3 + 2, 6 + 0.
    assert_eq!(counts, [25, 10, 2, 5, 6]);
    assert_eq!(get_viewer(&anna).await.unwrap().counts, counts);
    let software = list(&anna, Category::Software, BenefitFilter::All, "").await;
    assert_eq!(software.rows[0].name, "Office Professional Plus 2019");
    assert!(
        software
            .rows
            .windows(2)
            .all(|w| w[0].name <= w[1].name || w[0].package != w[1].package || w[0].name != w[1].name)
    );
    assert_eq!(software.refundable.len(), 1, "the Action Pack can be given back");
    assert_eq!(software.refundable[0].name, "Action Pack – Core");
    let nora = world.ctx("nora.new@northwind.example").await;
    assert_eq!(list(&nora, Category::Software, BenefitFilter::All, "").await.total, 0);
    let emil = world.ctx("emil.employee@contoso.example").await;
    assert!(matches!(
        list_benefits(&emil, Category::Software, &ListQuery::default()).await,
        Err(StoreError::Forbidden(_))
    ));
}

async fn filters(backend: Backend) {
    let world = demo(backend).await;
    let mut anna = world.anna().await;
    let found = list(&anna, Category::Software, BenefitFilter::All, "  OFFICE ").await;
    assert_eq!((found.total, found.rows.len()), (2, 2));
    assert_eq!((found.counts[0], found.all), (2, 25), "the chips count what is found");
    for nothing in ["%", "_", "\\", "'", "nothing like this"] {
        assert_eq!(list(&anna, Category::Software, BenefitFilter::All, nothing).await.total, 0, "{nothing}");
    }
    // Office and Windows 10 of Gold Core have been seen.
    let unused = list(&anna, Category::Software, BenefitFilter::NotActivated, "").await;
    assert_eq!(unused.total, 19, "CALs and what is only downloaded need no activation");
    assert_eq!(unused.counts, [25, 19, 0]);
    assert!(unused.rows.iter().all(|r| r.status == BenefitStatus::Available));
    // Names are searched in the reader's language.
    assert_eq!(list(&anna, Category::Technical, BenefitFilter::All, "beratung").await.total, 0);
    anna.language = Language::De;
    let german = list(&anna, Category::Technical, BenefitFilter::All, "beratung").await;
    assert_eq!(german.rows[0].name, "Partnerberatungsstunden");
    let gina = world.gina().await;
    let soon = list(&gina, Category::Software, BenefitFilter::EndsSoon, "").await;
    assert_eq!(soon.total, soon.counts[0], "Silver Core ends in 25 days");
}

/// A company with more benefits than a page holds.
async fn grow(world: &crate::harness::World, ctx: &Ctx, rows: u32) {
    use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
    use store::entity::{benefit, term};
    let company = ctx.principal.company.unwrap();
    let db = world.store.db.conn();
    let model = benefit::Entity::find()
        .filter(benefit::Column::CompanyId.eq(company))
        .filter(benefit::Column::Category.eq(Category::Software))
        .one(db)
        .await
        .unwrap()
        .unwrap();
    let old = term::Entity::find_by_id(model.term_id).one(db).await.unwrap().unwrap();
    for _ in 0..rows {
        // A term holds a product once, so each extra row gets a term and an order of its own.
        let order = store::entity::order::Entity::find_by_id(old.order_id).one(db).await.unwrap().unwrap();
        let new = || uuid::Uuid::now_v7();
        let order_id = domain::id::OrderId(new());
        let mut o: store::entity::order::ActiveModel = order.into();
        o.id = Set(order_id);
        o.number = Set(order_id.to_string()[..30].to_owned());
        store::entity::order::Entity::insert(sea_orm::ActiveModelTrait::reset_all(o))
            .exec_without_returning(db)
            .await
            .unwrap();
        let term_id = domain::id::TermId(new());
        let mut t: term::ActiveModel = old.clone().into();
        t.id = Set(term_id);
        t.order_id = Set(order_id);
        // One term of a package runs at a time.
        t.begun_at = Set(None);
        term::Entity::insert(sea_orm::ActiveModelTrait::reset_all(t)).exec_without_returning(db).await.unwrap();
        let mut b: benefit::ActiveModel = model.clone().into();
        b.id = Set(domain::id::BenefitId(new()));
        b.term_id = Set(term_id);
        benefit::Entity::insert(sea_orm::ActiveModelTrait::reset_all(b)).exec_without_returning(db).await.unwrap();
    }
}

async fn pages(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    grow(&world, &anna, 100).await;
    let (mut seen, mut after, mut sizes) = (std::collections::HashSet::new(), None, Vec::new());
    loop {
        let page =
            list_benefits(&anna, Category::Software, &ListQuery { after, ..ListQuery::default() }).await.unwrap();
        assert_eq!(page.total, 125);
        sizes.push(page.rows.len() as u64);
        for row in page.rows {
            assert!(seen.insert(row.id), "a row twice");
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(sizes, [PAGE, PAGE, 25]);
    let nonsense =
        list_benefits(&anna, Category::Software, &ListQuery { after: Some("x.y".to_owned()), ..ListQuery::default() })
            .await
            .unwrap();
    assert_eq!(nonsense.rows.len() as u64, PAGE, "a cursor that does not read is the first page");
}

async fn details(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let office =
        get_detail(&anna, world.benefit(&anna, "gold-core", "office-professional-plus-2019").await).await.unwrap();
    assert_eq!((office.keys, office.row.quantity), (1, Some(100)));
    let seen: Vec<_> = office.reveals.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(seen, ["Anna Global", "Marta MPN"], "the newest first");
    assert!(office.instructions.unwrap().contains("macOS"));
    assert!(office.downloads.iter().any(|d| d.language.tag() == "de" && d.os.slug() == "windows-64"));
    let vs = get_detail(&anna, world.benefit(&anna, "gold-core", "visual-studio-enterprise").await).await.unwrap();
    let holders: Vec<_> = vs.holders.rows.iter().map(|h| h.name.as_str()).collect();
    assert_eq!(holders, ["Anna Global", "Marta MPN", "Emil Employee"], "Adam's seat went to Emil");
    assert_eq!((vs.row.taken, vs.row.quantity), (3, Some(10)));
    let hours = get_detail(&anna, world.benefit(&anna, "gold-core", "partner-advisory-hours").await).await.unwrap();
    assert_eq!((hours.reserved, hours.used, hours.max_per_request), (8, 0, Some(25)));
    let unlimited = get_detail(&anna, world.benefit(&anna, "gold-core", "technical-presales").await).await.unwrap();
    assert_eq!(unlimited.row.quantity, None);
    let support =
        get_detail(&anna, world.benefit(&anna, "gold-core", "product-support-incidents").await).await.unwrap();
    assert_eq!(support.row.status, BenefitStatus::Pending);
}

async fn dashboard(backend: Backend) {
    let world = demo(backend).await;
    let anna = world.anna().await;
    let board = get_dashboard(&anna).await.unwrap();
    let names: Vec<_> = board.packages.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["Action Pack", "Gold Core"]);
    assert!(
        board.packages[0].refundable_until.is_some()
            && !board.packages[0].keys_seen
            && !board.packages[0].seats_assigned
    );
    assert!(
        board.packages[1].refundable_until.is_none() && board.packages[1].keys_seen && board.packages[1].contact_set
    );
    assert_eq!(board.waits.lines.iter().filter(|a| a.concern == Concern::Pending).count(), 2);
    assert!(board.free.lines.iter().any(|a| a.concern == Concern::SeatsFree(7) && a.may));
    assert!(board.free.lines.iter().any(|a| a.concern == Concern::HoursFree(Some(42))));
    assert_eq!((board.cases, board.ends.lines.len(), board.needs_contact), (1, 0, false));
    // The same for somebody who may do less: told, and not led to what they may not do.
    let adam = get_dashboard(&world.ctx("adam.agent@contoso.example").await).await.unwrap();
    assert!(adam.free.lines.iter().any(|a| a.concern == Concern::SeatsFree(7) && !a.may));
    let gina = get_dashboard(&world.gina().await).await.unwrap();
    assert!(gina.packages[0].renewable, "340 days old");
    assert!(gina.ends.more);
    assert!(gina.ends.lines.iter().all(|a| matches!(a.concern, Concern::ActivateBy(_) | Concern::Ends(_))));
    assert!(gina.needs_contact, "offers, and nobody to write to");
    let olga = world.ctx("olga.operator@programme.example").await;
    let programme = get_operator_dashboard(&olga).await.unwrap();
    assert_eq!((programme.companies, programme.catalogue_version, programme.stock.len()), (3, Some(1), 15));
    assert!(programme.stock.iter().all(|s| s.in_stock + s.allocated == 12));
    assert!(matches!(get_operator_dashboard(&anna).await, Err(StoreError::Forbidden(_))));
    assert!(matches!(get_dashboard(&olga).await, Err(StoreError::Forbidden(_))));
}

async fn mine(backend: Backend) {
    let world = demo(backend).await;
    let emil = list_my_benefits(&world.ctx("emil.employee@contoso.example").await).await.unwrap();
    assert_eq!(emil.seats.len(), 1);
    assert_eq!(emil.seats[0].name, "Visual Studio Enterprise");
    assert!(emil.seats[0].portal.is_some());
    assert_eq!(emil.global_admins, ["Anna Global"]);
    let adam = list_my_benefits(&world.ctx("adam.agent@contoso.example").await).await.unwrap();
    assert_eq!(adam.seats, [], "his seat was given on");
    let profile = get_profile(&world.anna().await).await.unwrap();
    assert_eq!((profile.name.as_str(), profile.company.as_deref()), ("Anna Global", Some("Contoso GmbH")));
}

/// Ten rows or a hundred: the same number of statements.
async fn statements(backend: Backend) {
    let world = demo(backend).await;
    let (anna, counter) = crate::harness::statements(&world.anna().await);
    let mut taken = Vec::new();
    for _ in 0..2 {
        counter.store(0, Ordering::Relaxed);
        list(&anna, Category::Software, BenefitFilter::All, "").await;
        get_dashboard(&anna).await.unwrap();
        get_viewer(&anna).await.unwrap();
        let all = counter.load(Ordering::Relaxed);
        assert!(all > 5, "the counter counts");
        taken.push(all);
        grow(&world, &anna, 60).await;
    }
    assert_eq!(taken[0], taken[1]);
}

async fn names(backend: Backend) {
    let world = demo(backend).await;
    let ursula = world.ctx("ursula.user@contoso.example").await;
    let company = ursula.principal.company.unwrap();
    let may = who_may(&ursula, company, domain::access::Action::GetKeys).await.unwrap();
    assert_eq!(may.names, ["Anna Global", "Marta MPN"]);
    let anna = world.anna().await;
    assert_eq!(who_may(&anna, company, domain::access::Action::GetKeys).await.unwrap().names, [""; 0], "nobody to ask");
}
