use crate::harness::{Backend, empty, on_both};
use domain::catalogue::Quantity;
use sea_orm::{EntityTrait, PaginatorTrait};
use store::catalogue::import::{Imported, import};
use store::entity::{catalogue_version, package_version, product, product_version};
use store::{Origin, demo};

on_both! { publishes_versions => versions, keeps_what_was_sold => sold }

async fn versions(backend: Backend) {
    let world = empty(backend).await;
    let (store, origin) = (&world.store, Origin::default());
    let mut catalogue = store::catalogue::file::read(demo::CATALOGUE).unwrap();
    assert_eq!(
        import(store, &catalogue, None, &origin).await.unwrap(),
        Imported::Published { number: 1, products: 29, packages: 3 }
    );
    assert_eq!(import(store, &catalogue, None, &origin).await.unwrap(), Imported::Unchanged { number: 1 });
    // A changed product makes a version of itself and of the packages that hold it.
    catalogue.products[0].summary.en = "Changed.".to_owned();
    assert_eq!(
        import(store, &catalogue, None, &origin).await.unwrap(),
        Imported::Published { number: 2, products: 1, packages: 3 }
    );
    catalogue.packages[2].items[0].quantity = Quantity::Of(101);
    assert_eq!(
        import(store, &catalogue, None, &origin).await.unwrap(),
        Imported::Published { number: 3, products: 0, packages: 1 }
    );
    let db = store.db.conn();
    assert_eq!(catalogue_version::Entity::find().count(db).await.unwrap(), 3);
    assert_eq!(product_version::Entity::find().count(db).await.unwrap(), 30);
    assert_eq!(package_version::Entity::find().count(db).await.unwrap(), 7);
    // A product that goes is no longer offered, and stays for the terms that have it.
    let gone = catalogue.products.remove(1).code;
    for package in &mut catalogue.packages {
        package.items.retain(|i| i.product != gone);
    }
    assert!(
        matches!(import(store, &catalogue, None, &origin).await.unwrap(), Imported::Published { number: 4, products, .. } if products >= 1)
    );
    let rows = product::Entity::find().all(db).await.unwrap();
    assert_eq!(rows.len(), 29);
    assert!(rows.iter().find(|p| p.code == gone).unwrap().current_version_id.is_none());
    assert_eq!(world.audit_holds(None).await, 4);
}

async fn sold(backend: Backend) {
    let world = crate::harness::demo(backend).await;
    let anna = world.anna().await;
    let office = world.benefit(&anna, "gold-core", "office-professional-plus-2019").await;
    let before = store::benefits::list::get_detail(&anna, office).await.unwrap();
    let mut catalogue = store::catalogue::file::read(demo::CATALOGUE).unwrap();
    catalogue.products[0].name.en = "Office renamed".to_owned();
    import(&world.store, &catalogue, None, &Origin::default()).await.unwrap();
    assert_eq!(store::benefits::list::get_detail(&anna, office).await.unwrap(), before);
}
