//! Parts of the program that the browser fetches when they are needed. Whoever needs one is told
//! when it cannot be had: the network is away, or the server has a newer program.

/// A part that did not arrive.
#[derive(Clone, Copy, Debug)]
pub struct Missing;

#[cfg(feature = "hydrate")]
impl From<leptos::wasm_split::SplitLoaderError> for Missing {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// Functions that are a part each: asynchronous, and an error where the part cannot be had. Beside
/// each stands one that only fetches it.
macro_rules! part {
    ($($(#[$doc:meta])* $vis:vis fn $name:ident / $fetch:ident($($arg:ident: $ty:ty),* $(,)?) -> $result:ty $body:block)+) => {$(
        $(#[$doc])*
        #[cfg(feature = "hydrate")]
        #[leptos::wasm_split::wasm_split($name, wasm_split_path = leptos::wasm_split, preload($fetch), fallible)]
        $vis fn $name($($arg: $ty),*) -> Result<$result, $crate::parts::Missing> {
            Ok($body)
        }

        $(#[$doc])*
        #[cfg(not(feature = "hydrate"))]
        $vis async fn $name($($arg: $ty),*) -> Result<$result, $crate::parts::Missing> {
            leptos::prefetch_lazy_fn_on_server(stringify!($name));
            Ok($body)
        }
    )+};
}
pub(crate) use part;
