//! The console over samples, on loopback, for the browser walk and for trying out a page: nothing behind it is real.
//!
//! `cargo run -p concordat-console --example sample_office -- 127.0.0.1:7499` and sign in with the printed code.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use concordat_console::view::{
    Exchange, ExchangeFilter, ExchangePage, Home, Identity, Inquiry, Questions, UnifiedView, Verification,
};
use concordat_console::{Access, Office, Reply, router};
use concordat_record::{Clock, Entropy, ExchangeId, Problem, Timestamp};

const CODE: &str = "sample-office-access-code";

/// An office that answers with samples. A name that begins with `refuse` brings the sample of refusals, one that
/// begins with `fail` a problem.
struct SampleOffice;

impl Office for SampleOffice {
    fn identity(&self) -> Identity {
        Identity::sample()
    }

    fn home(&self) -> Reply<'_, Home> {
        Box::pin(async { Ok(Home::sample()) })
    }

    fn questions(&self) -> Reply<'_, Questions> {
        Box::pin(async { Ok(Questions::sample()) })
    }

    fn ask(&self, inquiry: Inquiry) -> Reply<'_, UnifiedView> {
        Box::pin(async move {
            let name = inquiry.subject.get("legalName").unwrap_or_default().to_owned();
            if name.starts_with("fail") {
                let problem = Problem::new("store.locked", "the answer store is locked by another program");
                return Err(problem.advise("wait a minute, then try again"));
            }
            let mut view = if name.starts_with("refuse") {
                UnifiedView::sample_without_answers()
            } else {
                UnifiedView::sample()
            };
            view.subject = inquiry.subject;
            view.case_reference = inquiry.case_reference;
            view.replies
                .retain(|reply| inquiry.ask.contains(&(reply.provider.body.clone(), reply.register.clone())));
            Ok(view)
        })
    }

    fn exchanges(&self, filter: ExchangeFilter, page: u64) -> Reply<'_, ExchangePage> {
        Box::pin(async move {
            let mut sample = ExchangePage::sample();
            sample.rows.retain(|row| filter.outcome.is_none_or(|outcome| row.outcome == outcome));
            sample.rows.retain(|row| filter.party.as_ref().is_none_or(|party| row.other.body == *party));
            if filter != ExchangeFilter::default() {
                sample.total = sample.rows.len() as u64;
            }
            if page > sample.total.div_ceil(sample.page_size) {
                sample.rows.clear();
            }
            Ok(sample)
        })
    }

    fn exchange(&self, id: ExchangeId) -> Reply<'_, Option<Exchange>> {
        Box::pin(async move {
            let row = ExchangePage::sample().rows.into_iter().find(|row| row.exchange == id);
            Ok(row.map(|row| match row.log_index {
                Some(1_479) => Exchange { row, ..Exchange::sample_refused() },
                _ => Exchange { row, ..Exchange::sample() },
            }))
        })
    }

    fn verify(&self, id: ExchangeId) -> Reply<'_, Option<Verification>> {
        Box::pin(async move {
            let fails = id.as_str().starts_with('0');
            Ok(Some(if fails { Verification::sample_failed() } else { Verification::sample() }))
        })
    }

    fn proof(&self, _id: ExchangeId) -> Reply<'_, Option<String>> {
        Box::pin(async { Ok(Some("c2sp.org/tlog-proof@v1\n".to_owned())) })
    }
}

/// Stands still, so that screenshots are alike; sessions do not end.
struct SampleClock;

impl Clock for SampleClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(1_795_425_127)
    }
}

/// Counts. Good enough for samples, for nothing else.
struct SampleEntropy(AtomicU64);

impl Entropy for SampleEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = self.0.fetch_add(7, Ordering::Relaxed).to_le_bytes()[0];
        }
    }
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the address and the code are what the person who runs it needs")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address: SocketAddr = std::env::args().nth(1).unwrap_or("127.0.0.1:7499".into()).parse()?;
    let access = Access::new(Arc::new(SampleClock), Arc::new(SampleEntropy(AtomicU64::new(1))))
        .person("Robin Sample", CODE);
    let router = router(Arc::new(SampleOffice), access);
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("http://{} with the access code {CODE}", listener.local_addr()?);
    // Without the senders' addresses: then the walk can also see the limit on wrong codes.
    axum::serve(listener, router).await?;
    Ok(())
}
