//! One-byte pages of the ASCII family that the WHATWG list lacks: what DOS wrote, and two Macintosh ones.
//!
//! A row holds the 16 characters of `8x`, `9x`, … `Fx`; below `80` they are ASCII. Made from Python's codecs, but for Mazovia and
//! Kamenický, which are cp437 with the letters of Polish, Czech and Slovak in it, as their users described them.

/// One code page.
pub(crate) struct Page {
    pub name: &'static str,
    pub title: &'static str,
    pub rows: [&'static str; 8],
}

/// The characters of a page by name: `cp437`, also `437`, `ibm437`, `dos-437`.
pub(crate) fn chars(name: &str) -> Option<(&'static str, [char; 256])> {
    let plain = ["cp", "ibm", "dos"].iter().find_map(|begin| name.strip_prefix(begin)).unwrap_or(name);
    let plain = plain.trim_start_matches('-');
    let page = PAGES.iter().find(|page| page.name == name || page.name.strip_prefix("cp") == Some(plain))?;
    let mut chars = std::array::from_fn(|byte| char::from(byte as u8));
    let high = page.rows.iter().flat_map(|row| row.chars());
    for (slot, letter) in chars.iter_mut().skip(0x80).zip(high) {
        *slot = letter;
    }
    Some((page.name, chars))
}

/// Every such page.
pub(crate) const PAGES: &[Page] = &[
    Page {
        name: "cp437",
        title: "United States, and most of the West under DOS",
        rows: [
            "ÇüéâäàåçêëèïîìÄÅ",
            "ÉæÆôöòûùÿÖÜ¢£¥₧ƒ",
            "áíóúñÑªº¿⌐¬½¼¡«»",
            "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
            "└┴┬├─┼╞╟╚╔╩╦╠═╬╧",
            "╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀",
            "αßΓπΣσµτΦΘΩδ∞φε∩",
            "≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
        ],
    },
    Page {
        name: "cp620",
        title: "Poland (Mazovia)",
        rows: [
            "ÇüéâäàąçêëèïîćÄĄ",
            "ĘęłôöĆûùŚÖÜ¢Ł¥śƒ",
            "ŹŻóÓńŃźż¿⌐¬½¼¡«»",
            "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
            "└┴┬├─┼╞╟╚╔╩╦╠═╬╧",
            "╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀",
            "αßΓπΣσµτΦΘΩδ∞φε∩",
            "≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
        ],
    },
    Page {
        name: "cp737",
        title: "Greece",
        rows: [
            "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠ",
            "ΡΣΤΥΦΧΨΩαβγδεζηθ",
            "ικλμνξοπρσςτυφχψ",
            "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
            "└┴┬├─┼╞╟╚╔╩╦╠═╬╧",
            "╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀",
            "ωάέήϊίόύϋώΆΈΉΊΌΎ",
            "Ώ±≥≤ΪΫ÷≈°∙·√ⁿ²■\u{a0}",
        ],
    },
    Page {
        name: "cp775",
        title: "Baltic",
        rows: [
            "ĆüéāäģåćłēŖŗīŹÄÅ",
            "ÉæÆōöĢ¢ŚśÖÜø£Ø×¤",
            "ĀĪóŻżź”¦©®¬½¼Ł«»",
            "░▒▓│┤ĄČĘĖ╣║╗╝ĮŠ┐",
            "└┴┬├─┼ŲŪ╚╔╩╦╠═╬Ž",
            "ąčęėįšųūž┘┌█▄▌▐▀",
            "ÓßŌŃõÕµńĶķĻļņĒŅ’",
            "\u{ad}±“¾¶§÷„°∙·¹³²■\u{a0}",
        ],
    },
    Page {
        name: "cp850",
        title: "Western Europe under DOS",
        rows: [
            "ÇüéâäàåçêëèïîìÄÅ",
            "ÉæÆôöòûùÿÖÜø£Ø×ƒ",
            "áíóúñÑªº¿®¬½¼¡«»",
            "░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐",
            "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤",
            "ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀",
            "ÓßÔÒõÕµþÞÚÛÙýÝ¯´",
            "\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
        ],
    },
    Page {
        name: "cp852",
        title: "Central Europe under DOS",
        rows: [
            "ÇüéâäůćçłëŐőîŹÄĆ",
            "ÉĹĺôöĽľŚśÖÜŤťŁ×č",
            "áíóúĄąŽžĘę¬źČş«»",
            "░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐",
            "└┴┬├─┼Ăă╚╔╩╦╠═╬¤",
            "đĐĎËďŇÍÎě┘┌█▄ŢŮ▀",
            "ÓßÔŃńňŠšŔÚŕŰýÝţ´",
            "\u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}",
        ],
    },
    Page {
        name: "cp855",
        title: "Cyrillic, Yugoslavia and Bulgaria",
        rows: [
            "ђЂѓЃёЁєЄѕЅіІїЇјЈ",
            "љЉњЊћЋќЌўЎџЏюЮъЪ",
            "аАбБцЦдДеЕфФгГ«»",
            "░▒▓│┤хХиИ╣║╗╝йЙ┐",
            "└┴┬├─┼кК╚╔╩╦╠═╬¤",
            "лЛмМнНоОп┘┌█▄Пя▀",
            "ЯрРсСтТуУжЖвВьЬ№",
            "\u{ad}ыЫзЗшШэЭщЩчЧ§■\u{a0}",
        ],
    },
    Page {
        name: "cp857",
        title: "Turkey under DOS",
        rows: [
            "ÇüéâäàåçêëèïîıÄÅ",
            "ÉæÆôöòûùİÖÜø£ØŞş",
            "áíóúñÑĞğ¿®¬½¼¡«»",
            "░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐",
            "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤",
            "ºªÊËÈ\u{fffd}ÍÎÏ┘┌█▄¦Ì▀",
            "ÓßÔÒõÕµ\u{fffd}×ÚÛÙìÿ¯´",
            "\u{ad}±\u{fffd}¾¶§÷¸°¨·¹³²■\u{a0}",
        ],
    },
    Page {
        name: "cp858",
        title: "cp850 with the euro sign",
        rows: [
            "ÇüéâäàåçêëèïîìÄÅ",
            "ÉæÆôöòûùÿÖÜø£Ø×ƒ",
            "áíóúñÑªº¿®¬½¼¡«»",
            "░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐",
            "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤",
            "ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀",
            "ÓßÔÒõÕµþÞÚÛÙýÝ¯´",
            "\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
        ],
    },
    Page {
        name: "cp860",
        title: "Portugal",
        rows: [
            "ÇüéâãàÁçêÊèÍÔìÃÂ",
            "ÉÀÈôõòÚùÌÕÜ¢£Ù₧Ó",
            "áíóúñÑªº¿Ò¬½¼¡«»",
            "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
            "└┴┬├─┼╞╟╚╔╩╦╠═╬╧",
            "╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀",
            "αßΓπΣσµτΦΘΩδ∞φε∩",
            "≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
        ],
    },
    Page {
        name: "cp861",
        title: "Iceland",
        rows: [
            "ÇüéâäàåçêëèÐðÞÄÅ",
            "ÉæÆôöþûÝýÖÜø£Ø₧ƒ",
            "áíóúÁÍÓÚ¿⌐¬½¼¡«»",
            "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
            "└┴┬├─┼╞╟╚╔╩╦╠═╬╧",
            "╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀",
            "αßΓπΣσµτΦΘΩδ∞φε∩",
            "≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
        ],
    },
    Page {
        name: "cp862",
        title: "Israel under DOS",
        rows: [
            "אבגדהוזחטיךכלםמן",
            "נסעףפץצקרשת¢£¥₧ƒ",
            "áíóúñÑªº¿⌐¬½¼¡«»",
            "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
            "└┴┬├─┼╞╟╚╔╩╦╠═╬╧",
            "╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀",
            "αßΓπΣσµτΦΘΩδ∞φε∩",
            "≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
        ],
    },
    Page {
        name: "cp863",
        title: "Canada, French",
        rows: [
            "ÇüéâÂà¶çêëèïî‗À§",
            "ÉÈÊôËÏûù¤ÔÜ¢£ÙÛƒ",
            "¦´óú¨¸³¯Î⌐¬½¼¾«»",
            "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
            "└┴┬├─┼╞╟╚╔╩╦╠═╬╧",
            "╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀",
            "αßΓπΣσµτΦΘΩδ∞φε∩",
            "≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
        ],
    },
    Page {
        name: "cp865",
        title: "Denmark, Norway",
        rows: [
            "ÇüéâäàåçêëèïîìÄÅ",
            "ÉæÆôöòûùÿÖÜø£Ø₧ƒ",
            "áíóúñÑªº¿⌐¬½¼¡«¤",
            "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
            "└┴┬├─┼╞╟╚╔╩╦╠═╬╧",
            "╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀",
            "αßΓπΣσµτΦΘΩδ∞φε∩",
            "≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
        ],
    },
    Page {
        name: "cp869",
        title: "Greece, modern",
        rows: [
            "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}Ά\u{fffd}·¬¦‘’Έ―Ή",
            "ΊΪΌ\u{fffd}\u{fffd}ΎΫ©Ώ²³ά£έήί",
            "ϊΐόύΑΒΓΔΕΖΗ½ΘΙ«»",
            "░▒▓│┤ΚΛΜΝ╣║╗╝ΞΟ┐",
            "└┴┬├─┼ΠΡ╚╔╩╦╠═╬Σ",
            "ΤΥΦΧΨΩαβγ┘┌█▄δε▀",
            "ζηθικλμνξοπρσςτ΄",
            "\u{ad}±υφχ§ψ΅°¨ωϋΰώ■\u{a0}",
        ],
    },
    Page {
        name: "cp895",
        title: "Czechoslovakia (Kamenický)",
        rows: [
            "ČüéďäĎŤčěĚĹÍľĺÄÁ",
            "ÉžŽôöÓůÚýÖÜŠĽÝŘť",
            "áíóúňŇŮÔšřŕŔ¼§«»",
            "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
            "└┴┬├─┼╞╟╚╔╩╦╠═╬╧",
            "╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀",
            "αßΓπΣσµτΦΘΩδ∞φε∩",
            "≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
        ],
    },
    Page {
        name: "mac-ce",
        title: "Central Europe on the Macintosh",
        rows: [
            "ÄĀāÉĄÖÜáąČäčĆćéŹ",
            "źĎíďĒēĖóėôöõúĚěü",
            "†°Ę£§•¶ß®©™ę¨≠ģĮ",
            "įĪ≤≥īĶ∂∑łĻļĽľĹĺŅ",
            "ņŃ¬√ńŇ∆«»…\u{a0}ňŐÕőŌ",
            "–—“”‘’÷◊ōŔŕŘ‹›řŖ",
            "ŗŠ‚„šŚśÁŤťÍŽžŪÓÔ",
            "ūŮÚůŰűŲųÝýķŻŁżĢˇ",
        ],
    },
    Page {
        name: "mac-greek",
        title: "Greece on the Macintosh",
        rows: [
            "Ä¹²É³ÖÜ΅àâä΄¨çéè",
            "êë£™îï•½‰ôö¦€ùûü",
            "†ΓΔΘΛΞΠß®©ΣΪ§≠°·",
            "Α±≤≥¥ΒΕΖΗΙΚΜΦΫΨΩ",
            "άΝ¬ΟΡ≈Τ«»…\u{a0}ΥΧΆΈœ",
            "–―“”‘’÷ΉΊΌΎέήίόΏ",
            "ύαβψδεφγηιξκλμνο",
            "πώρστθωςχυζϊϋΐΰ\u{ad}",
        ],
    },
];
