//! Nothing of another company is ever visible, and "not yours" looks like "not there".

use crate::harness::{Backend, demo, on_both};
use domain::id::BenefitId;
use store::StoreError;
use store::benefits::list::get_detail;
use store::benefits::software::reveal_keys;

on_both! { a_stranger_finds_nothing => stranger, a_company_that_cannot_act => cannot_act }

async fn stranger(backend: Backend) {
    let world = demo(backend).await;
    let (anna, gina) = (world.anna().await, world.gina().await);
    let office = world.benefit(&anna, "gold-core", "office-professional-plus-2019").await;
    let invented = BenefitId::new(uuid::Uuid::now_v7());
    for id in [office, invented] {
        assert!(matches!(get_detail(&gina, id).await, Err(StoreError::NotFound)));
        assert!(matches!(reveal_keys(&gina, id, true).await, Err(StoreError::NotFound)));
    }
    assert!(matches!(store::people::session::end_session(&gina, anna.session).await, Err(StoreError::NotFound)));
}

async fn cannot_act(backend: Backend) {
    use domain::refusal::CompanyRefusal::{InPredecessor, Suspended};
    let world = demo(backend).await;
    let mut anna = world.anna().await;
    let office = world.benefit(&anna, "gold-core", "office-professional-plus-2019").await;
    for refusal in [InPredecessor, Suspended] {
        anna.company_refusal = Some(refusal);
        assert!(matches!(get_detail(&anna, office).await, Err(StoreError::Company(r)) if r == refusal));
        assert!(matches!(reveal_keys(&anna, office, true).await, Err(StoreError::Company(r)) if r == refusal));
        store::people::profile::get_profile(&anna).await.unwrap();
    }
}
