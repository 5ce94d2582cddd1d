//! The endpoints of the user management.

use crate::error::AppError;
use domain::access::Role;
use domain::people::{MovedSeat, PeoplePage, Person};
use domain::view::WhoMay;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A page of the list, and who may change what is on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListAnswer {
    pub page: PeoplePage,
    pub may: WhoMay,
}

/// A person, and who may do what the reader may not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonAnswer {
    pub person: Person,
    pub manage: WhoMay,
    pub seats: WhoMay,
}

/// An invitation, told once: the one answer that carries its link.
#[derive(Clone, Serialize, Deserialize)]
pub struct Invitation {
    pub person: String,
    pub name: String,
    pub link: String,
}

/// The field of a form that stands for a role.
pub const fn role_field(role: Role) -> &'static str {
    match role {
        Role::GlobalAdmin => "global_admin",
        Role::UserAdmin => "user_admin",
        Role::AdminAgent => "admin_agent",
        Role::MpnPartnerAdmin => "mpn_partner_admin",
    }
}

#[cfg(feature = "ssr")]
mod ssr {
    use super::AppError;
    use crate::session::ssr::refuse;
    use domain::access::Role;
    use domain::id::UserId;

    pub fn person_of(text: &str) -> Result<UserId, AppError> {
        text.parse().map_err(|_| refuse(AppError::NotFound))
    }

    /// The ticked boxes, one per role in the order of [`Role::ALL`].
    pub fn ticked(boxes: [bool; 4]) -> Vec<Role> {
        Role::ALL.into_iter().zip(boxes).filter(|(_, ticked)| *ticked).map(|(role, _)| role).collect()
    }

    /// The roles that a form says it showed.
    pub fn named(seen: &str) -> Vec<Role> {
        Role::ALL.into_iter().filter(|&role| seen.split(' ').any(|name| name == super::role_field(role))).collect()
    }

    pub fn link(token: &str) -> Result<String, AppError> {
        let base = crate::session::ssr::request()?.base_url;
        Ok([base.as_str(), "/invitation?token=", token].concat())
    }
}

#[server(prefix = "/api", endpoint = "users/list", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn list_users(
    #[server(default)] filter: String,
    #[server(default)] search: String,
    #[server(default)] after: String,
) -> Result<ListAnswer, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    use domain::access::Action;
    use domain::people::PeopleFilter;
    use store::people::account::PeopleQuery;
    let ctx = op_ctx()?;
    let filter = PeopleFilter::from_slug(&filter).unwrap_or_default();
    let query = PeopleQuery { filter, search, after: (!after.is_empty()).then_some(after) };
    let page = answer(store::people::account::list_people(&ctx, &query).await)?;
    let company = answer(ctx.authorize_in_company(Action::SeeRoleHolders))?;
    let may = answer(store::people::who_may::who_may(&ctx, company, Action::AddUser).await)?;
    Ok(ListAnswer { page, may })
}

#[server(prefix = "/api", endpoint = "users/get", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_person(person: String, #[server(default)] after: String) -> Result<PersonAnswer, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    use domain::access::Action;
    let ctx = op_ctx()?;
    let id = ssr::person_of(&person)?;
    let after = (!after.is_empty()).then_some(after);
    let person = answer(store::people::account::get_person(&ctx, id, after.as_deref()).await)?;
    let company = answer(ctx.authorize_in_company(Action::SeeRoleHolders))?;
    let manage = answer(store::people::who_may::who_may(&ctx, company, Action::GrantRole).await)?;
    let seats = answer(store::people::who_may::who_may(&ctx, company, Action::AssignSeat).await)?;
    Ok(PersonAnswer { person, manage, seats })
}

#[server(prefix = "/api", endpoint = "users/add", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn add_user(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] global_admin: bool,
    #[server(default)] user_admin: bool,
    #[server(default)] admin_agent: bool,
    #[server(default)] mpn_partner_admin: bool,
) -> Result<Invitation, AppError> {
    use crate::session::ssr::{answer, append_header, op_ctx};
    let ctx = op_ctx()?;
    let roles = ssr::ticked([global_admin, user_admin, admin_agent, mpn_partner_admin]);
    let (id, token) = answer(store::people::account::add_user(&ctx, &name, &email, &roles).await)?;
    append_header(http::header::CACHE_CONTROL, "no-store");
    let name = domain::text::line(&name).unwrap_or(name);
    Ok(Invitation { person: id.to_string(), name, link: ssr::link(&token)? })
}

#[server(prefix = "/api", endpoint = "users/invite", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn invite_again(#[server(default)] person: String) -> Result<Invitation, AppError> {
    use crate::session::ssr::{answer, append_header, op_ctx};
    let ctx = op_ctx()?;
    let id = ssr::person_of(&person)?;
    let token = answer(store::people::account::invite_again(&ctx, id).await)?;
    append_header(http::header::CACHE_CONTROL, "no-store");
    Ok(Invitation { person, name: String::new(), link: ssr::link(&token)? })
}

#[server(prefix = "/api", endpoint = "users/set_roles", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn set_roles(
    #[server(default)] person: String,
    #[server(default)] global_admin: bool,
    #[server(default)] user_admin: bool,
    #[server(default)] admin_agent: bool,
    #[server(default)] mpn_partner_admin: bool,
    #[server(default)] seen: Option<String>,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx};
    let ctx = op_ctx()?;
    let id = ssr::person_of(&person)?;
    let roles = ssr::ticked([global_admin, user_admin, admin_agent, mpn_partner_admin]);
    let seen = seen.map(|seen| ssr::named(&seen));
    answer(store::people::account::set_roles(&ctx, id, &roles, seen.as_deref()).await)?;
    done("roles");
    Ok(())
}

/// Disables an account, and says what became of the seats.
#[server(prefix = "/api", endpoint = "users/disable", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn disable_user(
    #[server(default)] person: String,
    #[server(default)] seats: String,
    #[server(default)] successor: String,
) -> Result<Vec<MovedSeat>, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    use domain::people::SeatsOfLeaver;
    let ctx = op_ctx()?;
    let id = ssr::person_of(&person)?;
    let seats = SeatsOfLeaver::from_slug(&seats).unwrap_or_default();
    answer(store::people::account::disable_user(&ctx, id, seats, successor.parse().ok()).await)
}

#[server(prefix = "/api", endpoint = "users/enable", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn enable_user(#[server(default)] person: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx};
    let ctx = op_ctx()?;
    let id = ssr::person_of(&person)?;
    answer(store::people::account::enable_user(&ctx, id).await)?;
    done("enabled");
    Ok(())
}

/// Frees all seats of a person or hands them over, and says what became of each.
#[server(prefix = "/api", endpoint = "users/move_seats", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn move_seats(
    #[server(default)] person: String,
    #[server(default)] seats: String,
    #[server(default)] successor: String,
) -> Result<Vec<MovedSeat>, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    use domain::people::SeatsOfLeaver;
    let ctx = op_ctx()?;
    let id = ssr::person_of(&person)?;
    let seats = SeatsOfLeaver::from_slug(&seats).ok_or_else(|| refuse(AppError::BadRequest))?;
    answer(store::benefits::seat::move_seats(&ctx, id, seats, successor.parse().ok()).await)
}
