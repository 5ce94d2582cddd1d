//! Whom the programme writes to.

use super::refused;
use crate::audit::{Entry, record};
use crate::context::{Ctx, new_uuid};
use crate::entity::{company, marketing_contact, user};
use crate::error::{StoreError, StoreResult};
use crate::people::account::{lock_company, lock_person};
use crate::people::who_may::who_may;
use domain::access::Action;
use domain::audit::AuditAction;
use domain::benefits::go_to_market::{Contact, ContactFacts, ContactForm, Marketing, MarketingRefusal, settable};
use domain::email::Email;
use domain::id::{CompanyId, MarketingContactId, UserId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, JoinType,
    ModelTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;

/// The company's contacts: the primary one first, then as they were added.
async fn list_contacts(db: &impl ConnectionTrait, company: CompanyId) -> StoreResult<Vec<Contact>> {
    use marketing_contact::Column as C;
    let person = marketing_contact::Entity::belongs_to(user::Entity).from(C::UserId).to(user::Column::Id).into();
    let rows = marketing_contact::Entity::find()
        .filter(C::CompanyId.eq(company))
        .join(JoinType::InnerJoin, person)
        .select_also(user::Entity)
        .order_by_desc(C::Main)
        .order_by_asc(C::CreatedAt)
        .order_by_asc(C::Id)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(row, person)| {
            let person = person.ok_or(StoreError::Corrupt("marketing_contacts.user_id"))?;
            Ok(Contact {
                id: row.id,
                user: row.user_id,
                person: person.name,
                email: row.email,
                phone: row.phone,
                language: row.language,
                is_main: row.main,
                is_out: person.disabled_at.is_some(),
            })
        })
        .collect()
}

/// Whom offers are activated for.
pub(crate) async fn find_main(db: &impl ConnectionTrait, company: CompanyId) -> StoreResult<Option<Contact>> {
    Ok(list_contacts(db, company).await?.into_iter().find(|c| c.is_main))
}

/// The contacts; whoever may not see them is told who may.
pub async fn get_marketing(ctx: &Ctx) -> StoreResult<Marketing> {
    let id = ctx.authorize_in_company(Action::OpenBenefits)?;
    if !ctx.principal.can(Action::ManageMarketingContact) {
        let who_may = who_may(ctx, id, Action::ManageMarketingContact).await?;
        return Ok(Marketing { who_may, ..Marketing::default() });
    }
    let db = ctx.store.db.conn();
    let of = company::Entity::find_by_id(id).one(db).await?.ok_or(StoreError::NotFound)?;
    Ok(Marketing {
        company_email: of.account_email,
        contacts: list_contacts(db, id).await?,
        who_may: Default::default(),
    })
}

/// The contacts of a company that is locked.
async fn contacts_of(tx: &impl ConnectionTrait, company: CompanyId) -> StoreResult<Vec<marketing_contact::Model>> {
    use marketing_contact::Column as C;
    let rows = marketing_contact::Entity::find().filter(C::CompanyId.eq(company));
    Ok(rows.order_by_asc(C::CreatedAt).order_by_asc(C::Id).lock_exclusive().all(tx).await?)
}

/// Adds a contact, or changes one: its details, or who it is. The first is the primary one. Rule R-GTM-1.
pub async fn set_contact(
    ctx: &Ctx,
    id: Option<MarketingContactId>,
    person: UserId,
    form: &ContactForm,
) -> StoreResult<MarketingContactId> {
    let company = ctx.authorize_in_company(Action::ManageMarketingContact)?;
    let now = ctx.now();
    let tx = ctx.store.db.begin().await?;
    let of = lock_company(&tx, company).await?;
    let to = lock_person(&tx, company, person).await?;
    let rows = contacts_of(&tx, company).await?;
    let (current, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| Some(row.id) == id);
    let current = current.into_iter().next();
    if id.is_some() && current.is_none() {
        return Err(StoreError::NotFound);
    }
    let company_email = Email::known(&of.account_email).map_err(|_| StoreError::Corrupt("companies.account_email"))?;
    let facts = ContactFacts {
        others: others.len() as u64,
        is_other: others.iter().any(|row| row.user_id == person),
        person_disabled: to.disabled_at.is_some(),
        company_email: &company_email,
    };
    let details = settable(&facts, form)?;
    let email = details.email.as_str().to_owned();
    let contact = if let Some(row) = current {
        let contact = row.id;
        let mut row = row.into_active_model();
        row.user_id = Set(person);
        row.email = Set(email);
        row.phone = Set(details.phone);
        row.language = Set(details.language);
        row.updated_at = Set(now);
        row.update(&tx).await?;
        contact
    } else {
        let contact = MarketingContactId(new_uuid());
        marketing_contact::ActiveModel {
            id: Set(contact),
            company_id: Set(company),
            user_id: Set(person),
            email: Set(email),
            phone: Set(details.phone),
            language: Set(details.language),
            main: Set(!others.iter().any(|row| row.main)),
            created_at: Set(now),
            updated_at: Set(now),
        }
        .insert(&tx)
        .await?;
        contact
    };
    let entry = Entry::by(ctx, now, AuditAction::ContactSet).subject(contact).details(json!({ "person": person }));
    record(&ctx.store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(contact)
}

/// Makes another contact the primary one.
pub async fn make_main(ctx: &Ctx, id: MarketingContactId) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::ManageMarketingContact)?;
    let tx = ctx.store.db.begin().await?;
    lock_company(&tx, company).await?;
    let rows = contacts_of(&tx, company).await?;
    let next = rows.iter().find(|row| row.id == id).cloned().ok_or(StoreError::NotFound)?;
    if lock_person(&tx, company, next.user_id).await?.disabled_at.is_some() {
        return refused(MarketingRefusal::PersonDisabled);
    }
    // The old one first: there is one at any time.
    for row in rows.into_iter().filter(|row| row.main && row.id != id) {
        set_main(&tx, row, false).await?;
    }
    set_main(&tx, next, true).await?;
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::ContactMadeMain).subject(id)).await?;
    Ok(tx.commit().await?)
}

async fn set_main(tx: &impl ConnectionTrait, row: marketing_contact::Model, main: bool) -> StoreResult<()> {
    let mut row = row.into_active_model();
    row.main = Set(main);
    row.update(tx).await?;
    Ok(())
}

/// Removes a contact. Of those that stay, the oldest becomes the primary one when it was that.
pub async fn remove_contact(ctx: &Ctx, id: MarketingContactId) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::ManageMarketingContact)?;
    let tx = ctx.store.db.begin().await?;
    lock_company(&tx, company).await?;
    let rows = contacts_of(&tx, company).await?;
    let (gone, stay): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.id == id);
    let gone = gone.into_iter().next().ok_or(StoreError::NotFound)?;
    let was_main = gone.main;
    gone.delete(&tx).await?;
    if was_main {
        // Somebody who can be written to, where there is one.
        let reachable = list_contacts(&tx, company).await?.into_iter().find(|c| !c.is_out).map(|c| c.id);
        let next = stay.iter().find(|row| Some(row.id) == reachable).or(stay.first()).cloned();
        if let Some(row) = next {
            set_main(&tx, row, true).await?;
        }
    }
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::ContactRemoved).subject(id)).await?;
    Ok(tx.commit().await?)
}
