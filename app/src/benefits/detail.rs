//! What the arrow opens, by how the benefit is fulfilled.

use super::address::Address;
use super::install::Install;
use super::keys::{History, Keys, RevealAction};
use super::offer::Activations;
use super::page::DetailResource;
use super::seats::seats_href;
use crate::error::AppError;
use crate::i18n::{self, t};
use crate::parts::{Missing, part};
use crate::picker::Picker;
use crate::session::{Loaded, use_language};
use crate::ui::{Alert, Date, Grace, Notice, when_loaded};
use domain::benefits::go_to_market::Marketing;
use domain::benefits::technical::Technical;
use domain::benefits::view::BenefitDetail;
use domain::benefits::{BenefitStatus, EndReason, Ended};
use domain::catalogue::{Category, Fulfilment};
use domain::view::WhoMay;
use leptos::prelude::*;

/// What every detail of a page shares: its actions, and who may use them.
#[derive(Clone, Copy)]
pub struct Panel {
    pub reveal: RevealAction,
    pub parts: Option<MoreParts>,
    pub may_get_keys: bool,
    pub may_assign: bool,
    pub may_request: bool,
    pub get_keys: StoredValue<WhoMay>,
    pub assign: StoredValue<WhoMay>,
}

/// What the details of a technical benefit show besides; nothing for others.
pub type TechnicalResource = Loaded<Option<Result<Technical, AppError>>>;

/// The marketing contacts; nothing on other pages than that of the offers.
pub type MarketingResource = Loaded<Option<Result<Marketing, AppError>>>;

/// What a page needs for benefits that are given to people or asked for. The software page has
/// none of it, and so does not load it.
#[derive(Clone, Copy)]
pub struct MoreParts {
    pub picker: Picker,
    pub technical: TechnicalResource,
    pub marketing: MarketingResource,
    pub offer: Loaded<Activations>,
    /// What stands above the list.
    pub top: fn(Memo<Address>, MoreParts) -> AnyView,
    pub draw: fn(Category, Memo<Address>, BenefitDetail, Panel, MoreParts) -> AnyView,
}

#[component]
pub fn Detail(category: Category, address: Memo<Address>, detail: DetailResource, panel: Panel) -> impl IntoView {
    let l = use_language();
    view! {
        <Transition fallback=move || view! { <p class="detail hint">{t::shell::loading(l)}</p> }>
            {when_loaded(move || async move {
                match detail.await {
                    Some(Ok(detail)) => draw_detail(category, address, detail, panel).await.unwrap_or_else(|Missing| {
                        // The address opens this row on the server as well.
                        #[cfg(feature = "hydrate")]
                        crate::travel::load_anew();
                        view! { <Alert error=AppError::Offline /> }.into_any()
                    }),
                    Some(Err(error)) => view! { <Alert error=error /> }.into_any(),
                    None => ().into_any(),
                }
            })}
        </Transition>
    }
}

part! {
    /// Fetched when a row is opened first.
    pub fn draw_detail / fetch_detail(
        category: Category,
        address: Memo<Address>,
        detail: BenefitDetail,
        panel: Panel,
    ) -> AnyView {
        view! { <Opened category=category address=address detail=detail panel=panel /> }.into_any()
    }
}

#[component]
fn Opened(category: Category, address: Memo<Address>, detail: BenefitDetail, panel: Panel) -> impl IntoView {
    let l = use_language();
    let fulfilment = detail.row.fulfilment;
    if let Some(ended) = detail.row.ended {
        return view! { <Over category=category address=address detail=detail ended=ended panel=panel /> }.into_any();
    }
    if fulfilment == Fulfilment::None {
        return view! {
            <div class="detail">
                <div>
                    <p>{detail.summary}</p>
                    <p>{t::benefits::no_details(l)}</p>
                </div>
            </div>
        }
        .into_any();
    }
    // Of support and offers, the part that draws them says more.
    let tells_itself = [Fulfilment::SupportAssign, Fulfilment::GtmActivate].contains(&fulfilment);
    let pending = (detail.row.status == BenefitStatus::Pending && !tells_itself)
        .then(|| view! { <Notice>{t::benefits::pending_text(l)}</Notice> });
    let instructions = detail.instructions.clone().map(|text| {
        view! {
            <h2>{t::benefits::instructions(l)}</h2>
            <p>{text}</p>
        }
    });
    let keys = fulfilment
        .has_keys()
        .then(|| view! { <Keys detail=detail.clone() reveal=panel.reveal may=panel.may_get_keys who_may=panel.get_keys.get_value() /> });
    // Where no figures stand beside it, the end is said here.
    let ends = fulfilment.has_downloads().then(|| {
        view! {
            <p class="hint num">{t::benefits::expires(l)} ": " <Date at=detail.row.expires_at /></p>
        }
    });
    let right = if fulfilment.has_downloads() {
        view! { <Install category=category address=address detail=detail.clone() /> }.into_any()
    } else if let (true, Some(parts)) = (fulfilment.has_seats(), panel.parts) {
        (parts.draw)(category, address, detail.clone(), panel, parts)
    } else if let (true, Some(parts)) = (fulfilment.is_technical() || tells_itself, panel.parts) {
        let more = (parts.draw)(category, address, detail.clone(), panel, parts);
        view! { <Facts detail=detail.clone() /> {more} }.into_any()
    } else {
        view! { <Facts detail=detail.clone() /> }.into_any()
    };
    view! {
        <div class="detail">
            <div>
                {pending}
                <p>{detail.summary.clone()}</p>
                {instructions}
                {keys}
                {ends}
            </div>
            <div>{right}</div>
        </div>
    }
    .into_any()
}

/// What is left of a benefit that is over: when and why, and what was done with it. Nothing here
/// offers or promises anything.
#[component]
fn Over(
    category: Category,
    address: Memo<Address>,
    detail: BenefitDetail,
    ended: Ended,
    panel: Panel,
) -> impl IntoView {
    let l = use_language();
    let date = i18n::date(l, ended.at);
    let words = match ended.reason {
        EndReason::OrderCancelled => t::benefits::ended_order_cancelled(l, &date),
        EndReason::NotActivated => t::benefits::ended_not_activated(l, &date),
        EndReason::TermOver => t::benefits::ended_term_over(l, &date),
    };
    let fulfilment = detail.row.fulfilment;
    let looks = (fulfilment.has_keys() && !detail.reveals.is_empty()).then(|| {
        view! {
            <h2>{t::software::key_title(l)}</h2>
            <History reveals=detail.reveals.clone() />
        }
    });
    let right = if fulfilment.has_seats() {
        let all = seats_href(category, &detail.row.id.to_string());
        view! { <p class="links"><a href=all>{t::seats::all_holders(l)}</a></p> }.into_any()
    } else if let (true, Some(parts)) =
        (fulfilment.is_technical() || fulfilment == Fulfilment::GtmActivate, panel.parts)
    {
        let facts = fulfilment.is_technical().then(|| view! { <Facts detail=detail.clone() /> });
        let more = (parts.draw)(category, address, detail.clone(), panel, parts);
        view! { {facts} {more} }.into_any()
    } else {
        ().into_any()
    };
    view! {
        <div class="detail">
            <div>
                <Notice>{words}</Notice>
                <p>{detail.summary.clone()}</p>
                {looks}
            </div>
            <div>{right}</div>
        </div>
    }
}

/// Figures and dates, read-only.
#[component]
fn Facts(detail: BenefitDetail) -> impl IntoView {
    let l = use_language();
    let row = &detail.row;
    let count = |n: u32| i18n::quantity(l, row.unit, Some(n));
    let mut facts: Vec<(&'static str, String)> =
        vec![(t::benefits::granted(l), i18n::quantity(l, row.unit, row.quantity))];
    if row.fulfilment.is_technical() {
        // Incidents are used without being reserved before.
        if row.fulfilment == Fulfilment::RequestForm {
            facts.push((t::benefits::reserved(l), count(detail.reserved)));
        }
        facts.push((t::benefits::used(l), count(detail.used)));
        let left = row.quantity.map(|q| q.saturating_sub(row.taken));
        if row.ended.is_none() {
            facts.push((t::benefits::remaining(l), i18n::quantity(l, row.unit, left)));
        }
    }
    if let Some(most) = detail.max_per_request.filter(|_| row.ended.is_none()) {
        facts.push((t::benefits::max_per_request(l), count(most)));
    }
    if let Some(months) = detail.valid_months.filter(|_| row.ended.is_none()) {
        facts.push((t::benefits::valid(l), t::benefits::months(l, u64::from(months))));
    }
    view! {
        <dl class="facts">
            {facts.into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd class="num">{value}</dd></div> }).collect_view()}
            {detail.activated_at.map(|at| view! { <div><dt>{t::benefits::activated(l)}</dt><dd class="num"><Date at=at /></dd></div> })}
            <div><dt>{t::benefits::expires(l)}</dt><dd class="num"><Date at=detail.row.expires_at /> <Grace until=detail.row.grace_until /></dd></div>
        </dl>
    }
}
