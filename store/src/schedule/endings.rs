//! What ends in a company, and whom it concerns: for reminders and calendars alike.

use crate::benefits::list::{References, parse_package, unused};
use crate::entity::{assignment, benefit, order, package_version, support_activation, term};
use crate::error::{StoreError, StoreResult};
use crate::orders::load_packages;
use chrono::{DateTime, Utc};
use domain::access::{Action, Principal};
use domain::benefits::technical::SupportState;
use domain::catalogue::{Category, Fulfilment};
use domain::id::{BenefitId, CompanyId, TermId, UserId};
use domain::language::{Language, LocalText};
use domain::reminder::{Ending, EndingLine, may_begin};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    RelationDef,
};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Whom an end concerns. Rule R-REM-2.
pub(crate) enum Audience {
    /// Nobody has used it: whoever may begin with it.
    MayBegin(Fulfilment),
    /// Whoever may do this.
    May(Action),
    /// Whoever holds it, and has no other page to see it on.
    Holders(BTreeSet<UserId>),
}

pub(crate) struct CompanyEnding {
    pub ending: Ending,
    pub subject: Uuid,
    pub at: DateTime<Utc>,
    name: LocalText,
    package: LocalText,
    audience: Audience,
}

impl CompanyEnding {
    pub fn concerns(&self, who: &Principal) -> bool {
        match &self.audience {
            Audience::MayBegin(fulfilment) => may_begin(who, *fulfilment),
            Audience::May(action) => who.can(*action),
            Audience::Holders(holders) => who.can(Action::OpenMyBenefits) && holders.contains(&who.user),
        }
    }

    pub fn line(&self, language: Language) -> EndingLine {
        EndingLine {
            ending: self.ending,
            name: self.name.get(language).to_owned(),
            package: self.package.get(language).to_owned(),
            at: self.at,
        }
    }
}

/// All ends of a company after the first time, up to the second, the nearest first; of what people
/// hold, that of one person, where one is asked for. A constant number of statements.
pub(crate) async fn list_endings(
    db: &impl ConnectionTrait,
    company: CompanyId,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
    person: Option<UserId>,
) -> StoreResult<Vec<CompanyEnding>> {
    use benefit::Column as C;
    let of_company = || benefit::Entity::find().filter(C::CompanyId.eq(company)).filter(C::ExpiresAt.gt(now));
    let unused = of_company().filter(unused().add(C::ActivateBy.gt(now)).add(C::ActivateBy.lte(until))).all(db).await?;
    let offers = of_company()
        .filter(C::Category.eq(Category::GoToMarket))
        .filter(C::ActivatedAt.is_not_null())
        .filter(C::ExpiresAt.lte(until))
        .all(db)
        .await?;
    let held = holders(db, company, (now, until), person).await?;
    let of_people =
        of_company().filter(C::ExpiresAt.lte(until)).filter(C::Id.is_in(held.keys().copied())).all(db).await?;
    let rows: Vec<benefit::Model> = unused.iter().chain(&offers).chain(&of_people).cloned().collect();
    let references = References::load(db, &rows).await?;
    let next = continued(db, company).await?;
    // What goes on in the next year does not end.
    let goes_on = |row: &benefit::Model| -> StoreResult<bool> {
        let code = &references.product(row)?.code;
        Ok(next.get(&row.term_id).is_some_and(|codes| codes.contains(code)))
    };
    let mut endings = Vec::new();
    let mut add = |row: &benefit::Model, ending, at, audience| -> StoreResult<()> {
        if references.order(row)?.ended_at.is_none() {
            endings.push(CompanyEnding {
                ending,
                subject: row.id.0,
                at,
                name: references.product(row)?.name.clone(),
                package: references.package(row)?.label.clone(),
                audience,
            });
        }
        Ok(())
    };
    for row in &unused {
        let fulfilment = references.product(row)?.fulfilment;
        add(row, Ending::Activation, row.activate_by.min(row.expires_at), Audience::MayBegin(fulfilment))?;
    }
    for row in &offers {
        add(row, Ending::Benefit, row.expires_at, Audience::May(Action::ActivateOffer))?;
    }
    for row in &of_people {
        if goes_on(row)? {
            continue;
        }
        let holders = held.get(&row.id).cloned().unwrap_or_default();
        add(row, Ending::Benefit, row.expires_at, Audience::Holders(holders))?;
    }
    endings.extend(terms(db, company, (now, until), &next).await?);
    endings.sort_by_key(|ending| (ending.at, ending.subject));
    Ok(endings)
}

/// Terms whose next year is paid, with the codes of the products that it contains.
async fn continued(db: &impl ConnectionTrait, company: CompanyId) -> StoreResult<HashMap<TermId, BTreeSet<String>>> {
    let renewals = order::Entity::find()
        .filter(order::Column::CompanyId.eq(company))
        .filter(order::Column::ContinuesTermId.is_not_null())
        .filter(order::Column::PaidAt.is_not_null())
        .filter(order::Column::EndedAt.is_null())
        .all(db)
        .await?;
    let packages = load_packages(db, renewals.iter().map(|o| o.package_version_id).collect()).await?;
    Ok(renewals
        .iter()
        .filter_map(|order| {
            let package = packages.get(&order.package_version_id)?;
            let codes = package.items.iter().map(|item| item.product.clone()).collect();
            Some((order.continues_term_id?, codes))
        })
        .collect())
}

/// Who holds a seat or a support benefit that ends in a time, by benefit.
async fn holders(
    db: &impl ConnectionTrait,
    company: CompanyId,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
    person: Option<UserId>,
) -> StoreResult<HashMap<BenefitId, BTreeSet<UserId>>> {
    use {assignment::Column as A, support_activation::Column as S};
    let ending = |of: RelationDef| {
        (of, Condition::all().add(benefit::Column::ExpiresAt.gt(now)).add(benefit::Column::ExpiresAt.lte(until)))
    };
    let (of, in_time) =
        ending(assignment::Entity::belongs_to(benefit::Entity).from(A::BenefitId).to(benefit::Column::Id).into());
    let mut held: Vec<(BenefitId, UserId)> = assignment::Entity::find()
        .select_only()
        .column(A::BenefitId)
        .column(A::UserId)
        .join(JoinType::InnerJoin, of)
        .filter(in_time)
        .filter(A::CompanyId.eq(company))
        .filter(A::RemovedAt.is_null())
        .apply_if(person, |select, person| select.filter(A::UserId.eq(person)))
        .into_tuple()
        .all(db)
        .await?;
    let (of, in_time) = ending(
        support_activation::Entity::belongs_to(benefit::Entity).from(S::BenefitId).to(benefit::Column::Id).into(),
    );
    let support: Vec<(BenefitId, UserId)> = support_activation::Entity::find()
        .select_only()
        .column(S::BenefitId)
        .column(S::UserId)
        .join(JoinType::InnerJoin, of)
        .filter(in_time)
        .filter(S::CompanyId.eq(company))
        .filter(S::State.eq(SupportState::Active))
        .apply_if(person, |select, person| select.filter(S::UserId.eq(person)))
        .into_tuple()
        .all(db)
        .await?;
    held.extend(support);
    let mut by_benefit: HashMap<BenefitId, BTreeSet<UserId>> = HashMap::new();
    for (benefit, person) in held {
        by_benefit.entry(benefit).or_default().insert(person);
    }
    Ok(by_benefit)
}

async fn terms(
    db: &impl ConnectionTrait,
    company: CompanyId,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
    next: &HashMap<TermId, BTreeSet<String>>,
) -> StoreResult<Vec<CompanyEnding>> {
    let to_order = term::Entity::belongs_to(order::Entity).from(term::Column::OrderId).to(order::Column::Id).into();
    let rows = term::Entity::find()
        .join(JoinType::InnerJoin, to_order)
        .select_also(order::Entity)
        .filter(term::Column::CompanyId.eq(company))
        .filter(term::Column::EndsAt.gt(now))
        .filter(term::Column::EndsAt.lte(until))
        .filter(term::Column::EndedAt.is_null())
        .filter(term::Column::Id.is_not_in(next.keys().copied()))
        .filter(order::Column::EndedAt.is_null())
        .order_by_asc(term::Column::EndsAt)
        .all(db)
        .await?;
    let versions: HashMap<_, _> = package_version::Entity::find()
        .filter(
            package_version::Column::Id
                .is_in(rows.iter().filter_map(|(_, o)| o.as_ref().map(|o| o.package_version_id))),
        )
        .all(db)
        .await?
        .into_iter()
        .map(|v| (v.id, v.definition))
        .collect();
    rows.into_iter()
        .map(|(term, order)| {
            let order = order.ok_or(StoreError::Corrupt("terms.order_id"))?;
            let definition = versions.get(&order.package_version_id).ok_or(StoreError::Corrupt("orders.package"))?;
            let package = parse_package(definition)?;
            Ok(CompanyEnding {
                ending: Ending::Term,
                subject: term.id.0,
                at: term.ends_at,
                name: package.name.clone(),
                package: package.name,
                audience: Audience::May(Action::BuyPackage),
            })
        })
        .collect()
}
