//! Pieces come out in order, few at a time, whatever happens to one of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::yield_now;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use concordat_record::Problem;

use super::{Cut, Decode, Pipeline};
use crate::reader::{ReadBatch, ReadProgress, Reader, Reject};

/// Numbers as pieces, and how many of them were cut.
struct Numbers(u64, u64, Arc<AtomicU64>);

impl Cut for Numbers {
    type Piece = u64;

    fn next(&mut self) -> Result<Option<u64>, Problem> {
        self.0 += 1;
        self.2.store(self.0, Ordering::SeqCst);
        Ok((self.0 <= self.1).then_some(self.0))
    }

    fn bytes_read(&self) -> u64 {
        self.0
    }

    fn mark(&self) -> String {
        self.0.to_string()
    }

    fn digest(&mut self) -> Result<String, Problem> {
        Ok(self.0.to_string())
    }
}

/// Takes long for one number, and panics at another.
struct Odd {
    slow: u64,
    fatal: u64,
    cut: Arc<AtomicU64>,
}

impl Decode<u64> for Odd {
    fn records(&self, _: &u64) -> u64 {
        1
    }

    fn decode(&self, number: u64) -> Result<ReadBatch, Problem> {
        assert_ne!(number, self.fatal, "a decoder with a fault");
        if number == self.slow {
            // Long enough for the thread that cuts to come to the end of the numbers, if nothing held it up.
            let mut turns = (0..200_000).inspect(|_| yield_now());
            turns.find(|_| self.cut.load(Ordering::SeqCst) >= LAST);
        }
        let reject = Reject {
            problem: Problem::new("read.test", "a number"),
            record_number: number,
            byte_offset: None,
            raw: Vec::new(),
        };
        Ok(ReadBatch { batch: RecordBatch::new_empty(schema()), rejects: vec![reject] })
    }
}

fn schema() -> SchemaRef {
    Arc::new(Schema::empty())
}

const LAST: u64 = 5_000;

fn pipeline(slow: u64, fatal: u64) -> (Pipeline<Numbers, Odd>, Arc<AtomicU64>) {
    let cut = Arc::new(AtomicU64::new(0));
    let (numbers, odd) = (Numbers(0, LAST, cut.clone()), Odd { slow, fatal, cut: cut.clone() });
    (Pipeline::new(schema(), ReadProgress::default(), numbers, odd), cut)
}

#[test]
fn a_slow_piece_holds_up_the_cutting_and_the_order_stays() {
    let (mut pipeline, cut) = pipeline(1, 0);
    assert_eq!(pipeline.next().unwrap().unwrap().rejects[0].record_number, 1);
    let ahead = cut.load(Ordering::SeqCst);
    assert!(ahead < 500, "{ahead} pieces were cut while the first was decoded");
    let mut expected = 2;
    while let Some(read) = pipeline.next().unwrap() {
        assert_eq!(read.rejects[0].record_number, expected);
        expected += 1;
    }
    assert_eq!((expected, pipeline.progress().records), (LAST + 1, LAST));
}

#[test]
fn a_decoder_that_panics_is_a_problem_of_its_piece_and_nobody_waits_for_ever() {
    let (mut pipeline, _) = pipeline(0, 7);
    for _ in 0..6 {
        pipeline.next().unwrap().unwrap();
    }
    assert_eq!(pipeline.next().unwrap_err().code, "read.inconsistent");
    pipeline.digest().unwrap();
}
