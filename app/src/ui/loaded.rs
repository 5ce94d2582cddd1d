//! What was loaded, on the page.

use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::tachys::reactive_graph::OwnedView;

/// Draws what was loaded, and anew when that has changed; for use in `Suspense` or `Transition`.
///
/// Invariant: what was drawn before lives until the next is there. It stays on the page meanwhile,
/// where it can be pressed; if its signals went when something newer is on its way, as those of a
/// plain effect do, that would be the end of the program.
pub fn when_loaded<Draw, Drawn, View>(draw: Draw) -> AnyView
where
    Draw: Fn() -> Drawn + Send + 'static,
    Drawn: Future<Output = View> + Send + 'static,
    View: IntoView + 'static,
{
    let outer = Owner::current().unwrap_or_default();
    let drawn = move || {
        let owner = outer.child();
        let drawing = owner.with(&draw);
        Suspend::new(async move {
            let view = owner.with(|| ScopedFuture::new(drawing)).await.into_any();
            OwnedView::new_with_owner(view, owner)
        })
    };
    drawn.into_any()
}
