//! Every page from samples: what all pages hold, and what each handler does with good and bad requests.

mod browser;
mod html;
mod render;
mod requests;
