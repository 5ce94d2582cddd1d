//! Which form stands on which page. A form posts to its own page, so nothing else can be named
//! there: markup that somebody smuggled into a page would get no further than that page does.

/// The way in, wherever somebody was when their session ended.
pub const SIGN_IN: &str = "session/sign_in";

/// In the frame of every page.
const EVERYWHERE: [&str; 4] = [SIGN_IN, "session/sign_out", "preferences/set_language", "preferences/set_theme"];

/// Pages by their address, `*` for one part of it, and the forms that stand there; the first that
/// fits is it.
const PAGES: [(&str, &[&str]); 34] = [
    ("/setup", &["setup/create_operator"]),
    ("/invitation", &["invitation/accept"]),
    ("/benefits/software", &["benefits/reveal_keys"]),
    ("/benefits/cloud", &["benefits/reveal_keys", "seats/assign_oneself", "seats/remove"]),
    ("/benefits/visual-studio", &["seats/assign", "seats/remove", "seats/reassign"]),
    ("/benefits/technical", &["support/request", "support/withdraw"]),
    (
        "/benefits/go-to-market",
        &[
            "marketing/set_contact",
            "marketing/make_main",
            "marketing/remove_contact",
            "offers/activate",
            "offers/withdraw",
        ],
    ),
    ("/benefits/*/*/seats", &["seats/remove"]),
    ("/benefits/*/*/seats/file", &["seats/check_file"]),
    ("/benefits/*/*/seats/file/*", &["seats/assign_file"]),
    (
        "/benefits/global-admin",
        &["role_requests/request", "role_requests/withdraw", "role_requests/prove", "role_requests/decide"],
    ),
    ("/benefits/technical/requests/new", &["cases/send"]),
    ("/benefits/technical/requests/*", &["cases/write", "cases/withdraw", "cases/close"]),
    ("/membership/offers/*", &["membership/place_order"]),
    ("/membership/orders/*", &["membership/withdraw_order"]),
    ("/membership/orders/*/cancellation", &["membership/request_cancellation", "membership/withdraw_cancellation"]),
    (
        "/account/profile",
        &[
            "profile/change_password",
            "profile/end_session",
            "profile/set_reminders",
            "profile/make_calendar",
            "profile/revoke_calendar",
            "session/sign_out_everywhere",
        ],
    ),
    ("/account/users/new", &["users/add"]),
    ("/account/users/*", &["users/set_roles", "users/disable", "users/enable", "users/invite", "users/move_seats"]),
    ("/operator/queue", &["operator/take", "operator/release"]),
    (
        "/operator/queue/*",
        &[
            "operator/take",
            "operator/release",
            "operator/fulfil_support",
            "operator/decline_support",
            "operator/record_incidents",
            "operator/fulfil_offer",
            "operator/decline_offer",
            "operator/answer_case",
            "operator/contact_case",
            "operator/deliver_case",
            "operator/decline_case",
            "operator/close_case",
            "operator/record_payment",
            "operator/approve_cancellation",
            "operator/decline_cancellation",
            "role_requests/decide",
        ],
    ),
    ("/operator/orders", &["operator/set_issuer"]),
    (
        "/operator/orders/*",
        &["operator/record_payment", "operator/approve_cancellation", "operator/decline_cancellation"],
    ),
    ("/operator/catalogue", &["operator/try_catalogue"]),
    ("/operator/catalogue/*", &["operator/publish_catalogue", "operator/discard_upload"]),
    ("/operator/keys", &["operator/try_keys", "operator/find_key"]),
    ("/operator/keys/import/*", &["operator/import_keys", "operator/discard_upload"]),
    ("/operator/keys/*", &["operator/set_stock_level"]),
    ("/operator/keys/*/*", &["operator/withdraw_key"]),
    ("/operator/companies", &["operator/create_company", "operator/try_companies"]),
    ("/operator/companies/import/*", &["operator/move_companies", "operator/discard_upload"]),
    (
        "/operator/companies/*",
        &["operator/change_company", "operator/invite_admin", "operator/suspend_company", "operator/restore_company"],
    ),
    ("/operator/outbox", &["operator/test_mail"]),
    ("/operator/outbox/*", &["operator/retry_mail"]),
];

/// Whether this form stands on the page with this address.
pub fn stands_on(form: &str, path: &str) -> bool {
    let page = PAGES.iter().find(|(page, _)| is_page(page, path));
    EVERYWHERE.contains(&form) || page.is_some_and(|(_, forms)| forms.contains(&form))
}

/// Whether it does not matter whom a form was drawn for: it asks nothing of whoever is signed in.
pub fn is_for_anybody(form: &str) -> bool {
    [SIGN_IN, "session/sign_out", "setup/create_operator", "invitation/accept"].contains(&form)
}

fn is_page(page: &str, path: &str) -> bool {
    let (mut parts, mut asked) = (page.split('/'), path.trim_end_matches('/').split('/'));
    loop {
        match (parts.next(), asked.next()) {
            (None, None) => return true,
            (Some("*"), Some(part)) if !part.is_empty() => {}
            (Some(part), Some(other)) if part == other => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_had_on_its_own_page_alone() {
        assert!(stands_on("operator/fulfil_offer", "/operator/queue/0193"));
        assert!(!stands_on("operator/fulfil_offer", "/operator/queue"));
        assert!(!stands_on("operator/fulfil_offer", "/benefits/technical/requests/AR-2026-00001"));
        assert!(!stands_on("users/set_roles", "/account/profile"));
        assert!(stands_on("users/set_roles", "/account/users/0193"));
        assert!(stands_on("preferences/set_theme", "/") && stands_on(SIGN_IN, "/membership/offers/gold-core"));
        assert!(!stands_on("", "/") && !stands_on("session/viewer", "/"));
    }
}
