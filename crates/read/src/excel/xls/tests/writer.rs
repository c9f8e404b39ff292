//! Writes small workbooks of Excel 97 and Excel 5, record by record, and the compound files around them.

/// A record.
pub(in crate::excel) fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

/// Numbers of 16 bits.
pub(in crate::excel) fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A text with the number of its letters in two bytes: halves of code units where those will do.
pub(in crate::excel) fn text(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = words(&[units.len() as u16]);
    if units.iter().all(|unit| *unit < 0x100) {
        bytes.push(0);
        bytes.extend(units.iter().map(|unit| *unit as u8));
    } else {
        bytes.push(1);
        bytes.extend(words(&units));
    }
    bytes
}

/// A cell of some kind, in format 0 unless told.
pub(in crate::excel) fn cell(kind: u16, row: u16, column: u16, content: &[u8]) -> Vec<u8> {
    formatted(kind, row, column, 0, content)
}

pub(in crate::excel) fn formatted(kind: u16, row: u16, column: u16, format: u16, content: &[u8]) -> Vec<u8> {
    record(kind, &[&words(&[row, column, format])[..], content].concat())
}

pub(in crate::excel) fn label(row: u16, column: u16, of: &str) -> Vec<u8> {
    cell(0x0204, row, column, &text(of))
}

pub(in crate::excel) fn number(row: u16, column: u16, format: u16, value: f64) -> Vec<u8> {
    formatted(0x0203, row, column, format, &value.to_le_bytes())
}

/// The beginning and the end of a stream or a part of one.
pub(in crate::excel) fn part(version: u16, sort: u16, records: &[Vec<u8>]) -> Vec<u8> {
    let begin = [words(&[version, sort, 0x0dbb, 0x07cc]), vec![0; 8]].concat();
    [record(0x0809, &begin), records.concat(), record(0x000a, &[])].concat()
}

/// The stream of a workbook: what its sheets share, and the sheets by name.
pub(in crate::excel) fn workbook(
    version: u16,
    shared: &[Vec<u8>],
    sheets: &[(&str, Vec<Vec<u8>>)],
) -> Vec<u8> {
    let listed = |name: &str, position: u32| {
        let state = u8::from(name.starts_with("hidden"));
        let mut data = [&position.to_le_bytes()[..], &[state, 0, name.len() as u8]].concat();
        if version == 0x0600 {
            data.push(0);
        }
        data.extend(name.as_bytes());
        record(0x0085, &data)
    };
    let globals = |positions: &[u32]| {
        let listed = sheets.iter().zip(positions).map(|((name, _), position)| listed(name, *position));
        part(version, 0x0005, &[shared.to_vec(), listed.collect()].concat())
    };
    let parts: Vec<Vec<u8>> = sheets.iter().map(|(_, records)| part(version, 0x0010, records)).collect();
    let mut position = globals(&vec![0; sheets.len()]).len() as u32;
    let mut positions = Vec::new();
    for part in &parts {
        positions.push(position);
        position += part.len() as u32;
    }
    [globals(&positions), parts.concat()].concat()
}

/// A format of cells for each number of a number format.
pub(in crate::excel) fn formats(numbers: &[u16]) -> Vec<Vec<u8>> {
    numbers.iter().map(|number| record(0x00e0, &[words(&[0, *number]), vec![0; 16]].concat())).collect()
}

const SECTOR: usize = 512;
const END: u32 = 0xffff_fffe;

/// Sectors, and the table that chains them.
#[derive(Default)]
struct Sectors {
    bytes: Vec<u8>,
    next: Vec<u32>,
    size: usize,
}

impl Sectors {
    fn add(&mut self, stream: &[u8]) -> u32 {
        let first = self.next.len() as u32;
        let count = stream.len().div_ceil(self.size);
        if count == 0 {
            return END;
        }
        self.next.extend((1..count as u32).map(|after| first + after));
        self.next.push(END);
        self.bytes.extend_from_slice(stream);
        self.bytes.resize(self.next.len() * self.size, 0);
        first
    }
}

fn entry(name: &str, sort: u8, links: [u32; 3], first: u32, length: usize) -> Vec<u8> {
    let mut units: Vec<u8> = words(&name.encode_utf16().collect::<Vec<_>>());
    let used = units.len() as u16 + 2;
    units.resize(64, 0);
    let links: Vec<u8> = links.iter().flat_map(|link| link.to_le_bytes()).collect();
    [
        units,
        words(&[used]),
        vec![sort, 1],
        links,
        vec![0; 36],
        first.to_le_bytes().to_vec(),
        (length as u64).to_le_bytes().to_vec(),
    ]
    .concat()
}

/// A compound file with streams, the short ones in small sectors.
pub(in crate::excel) fn compound(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut sectors = Sectors { size: SECTOR, ..Sectors::default() };
    let mut small = Sectors { size: 64, ..Sectors::default() };
    let mut entries = Vec::new();
    for (index, (name, bytes)) in streams.iter().enumerate() {
        let first = if bytes.len() < 4096 { small.add(bytes) } else { sectors.add(bytes) };
        // A list: each entry is the right neighbour of the one before.
        let right = if index + 1 < streams.len() { index as u32 + 2 } else { u32::MAX };
        entries.push(entry(name, 2, [u32::MAX, right, u32::MAX], first, bytes.len()));
    }
    let container = sectors.add(&small.bytes);
    let links: Vec<u8> = small.next.iter().flat_map(|link| link.to_le_bytes()).collect();
    let small_table = sectors.add(&links);
    entries.insert(0, entry("Root Entry", 5, [u32::MAX, u32::MAX, 1], container, small.bytes.len()));
    let directory = sectors.add(&entries.concat());
    let used = sectors.next.len();
    let tables = (1..100).find(|tables| (used + tables).div_ceil(SECTOR / 4) <= *tables).unwrap_or(1);
    sectors.next.extend((0..tables).map(|_| 0xffff_fffd));
    let mut table: Vec<u8> = sectors.next.iter().flat_map(|link| link.to_le_bytes()).collect();
    table.resize(tables * SECTOR, 0xff);
    let mut header =
        [super::super::super::package::COMPOUND, &[0; 16], &words(&[0x3e, 3, 0xfffe, 9, 6])].concat();
    header.extend([0; 10]);
    for number in [tables as u32, directory, 0, 4096, small_table, 1, END, 0] {
        header.extend(number.to_le_bytes());
    }
    header.extend((0..tables as u32).flat_map(|table| (used as u32 + table).to_le_bytes()));
    header.resize(SECTOR, 0xff);
    [header, sectors.bytes, table].concat()
}

/// The workbook that most tests take: texts that are shared, and one sheet.
pub(in crate::excel) fn plain(shared: &[Vec<u8>], records: &[Vec<u8>]) -> Vec<u8> {
    compound(&[("Workbook", workbook(0x0600, shared, &[("Sheet1", records.to_vec())]))])
}
