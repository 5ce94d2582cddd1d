use crate::harness::{Backend, empty, on_both};
use sea_orm::ConnectionTrait;

on_both! {
    there_and_back => back_and_forth,
    constraints_stand => walls,
    an_earlier_database_is_brought_along => brought_along,
    the_last_step_goes_back_and_forth => last_step,
}

async fn back_and_forth(backend: Backend) {
    let world = empty(backend).await;
    assert!(world.store.db.is_migrated().await.unwrap());
    world.store.db.migrate_down().await.unwrap();
    assert!(!world.store.db.is_migrated().await.unwrap());
    world.store.db.migrate().await.unwrap();
    world.store.db.migrate().await.unwrap();
    assert!(world.store.db.is_migrated().await.unwrap());
}

/// The last step, with data in it, goes back and comes again.
async fn last_step(backend: Backend) {
    use migrations::Migrator;
    use sea_orm_migration::MigratorTrait;
    let world = crate::harness::demo(backend).await;
    let db = world.store.db.conn();
    Migrator::down(db, Some(1)).await.unwrap();
    Migrator::up(db, None).await.unwrap();
    let anna = world.anna().await;
    assert_eq!(store::orders::list_orders(&anna, None).await.unwrap().total, 2);
    let next = crate::orders::order(&world.ctx(crate::orders::NORA).await, "silver-core").await;
    let number = store::orders::get_any_order(&world.ctx(crate::technical::OLGA).await, next).await.unwrap().row.number;
    assert_eq!(number, "V-2026-00003");
}

/// The database itself refuses what no code path may do.
async fn walls(backend: Backend) {
    use domain::benefits::go_to_market::ContactForm;
    let world = crate::harness::demo(backend).await;
    let anna = world.anna().await;
    let second = ContactForm {
        email: "anna@agency.example".to_owned(),
        phone: "+49 30 5550177".to_owned(),
        language: "en".to_owned(),
    };
    store::benefits::go_to_market::set_contact(&anna, None, anna.user(), &second).await.unwrap();
    let db = world.store.db.conn();
    for (sql, why) in [
        ("UPDATE benefits SET seats_out = quantity + 1 WHERE quantity IS NOT NULL", "more seats than granted"),
        ("UPDATE benefits SET used = quantity, reserved = 1 WHERE quantity IS NOT NULL", "more hours than granted"),
        ("UPDATE benefits SET used = -1", "less than nothing"),
        ("UPDATE cases SET used = asked + 1", "more hours used than asked for"),
        (
            "UPDATE offer_activations SET state = 'pending', benefit_id = (SELECT MIN(benefit_id) FROM offer_activations)",
            "an offer that waits twice",
        ),
        ("UPDATE marketing_contacts SET main = TRUE", "two primary contacts"),
        ("UPDATE mails SET once = 'the same'", "the same mail twice"),
        (
            "UPDATE licence_keys SET benefit_id = NULL WHERE benefit_id IS NOT NULL",
            "a company's key without its benefit",
        ),
        ("DELETE FROM companies", "a company from under its people"),
        (
            "UPDATE assignments SET seat_id = (SELECT MIN(seat_id) FROM assignments WHERE removed_at IS NULL) WHERE removed_at IS NULL",
            "two holders of a seat",
        ),
        (
            "UPDATE assignments SET user_id = (SELECT MIN(user_id) FROM assignments WHERE removed_at IS NULL) WHERE removed_at IS NULL",
            "two seats of a benefit for a person",
        ),
    ] {
        // PostgreSQL has no MIN for uuid; its text form does as well.
        let sql = if backend == Backend::Postgres {
            ["seat_id", "user_id", "benefit_id"].iter().fold(sql.to_owned(), |sql, column| {
                sql.replace(&format!("MIN({column})"), &format!("MIN({column}::text)::uuid"))
            })
        } else {
            sql.to_owned()
        };
        let refused = db.execute_unprepared(&sql).await.unwrap_err().to_string().to_lowercase();
        assert!(refused.contains("constraint") || refused.contains("unique"), "{why}: {refused}");
    }
}

/// A step adds columns to what is there already: they are filled from the rows as they are.
async fn brought_along(backend: Backend) {
    use sea_orm::{EntityTrait, QueryOrder};
    use sea_orm_migration::MigratorTrait;
    use store::entity::{seat, user};
    use store::people::account::add_user;
    let world = crate::harness::demo(backend).await;
    let anna = world.anna().await;
    add_user(&anna, "Ärzte ÖL", "oel@contoso.example", &[]).await.unwrap();
    let db = world.store.db.conn();
    let people = async || user::Entity::find().order_by_asc(user::Column::Id).all(db).await.unwrap();
    let seats = async || seat::Entity::find().order_by_asc(seat::Column::Id).all(db).await.unwrap();
    let before = (people().await, seats().await);
    let later = migrations::Migrator::migrations().len() - 3;
    migrations::Migrator::down(db, Some(u32::try_from(later).unwrap())).await.unwrap();
    assert!(!world.store.db.is_migrated().await.unwrap());
    world.store.db.migrate().await.unwrap();
    assert_eq!((people().await, seats().await), before);
    let vs = world.benefit(&anna, "gold-core", "visual-studio-enterprise").await;
    crate::seats::consistent(&world, vs).await;
}
