//! Nepali.

use entity::order::OrderStatus as S;

use super::Words;
use crate::domain::money::Currency;

/// See [`Words`].
pub(super) struct Nepali;

impl Words for Nepali {
    fn greeting(&self, name: Option<&str>) -> String {
        name.map_or_else(|| "स्वागत छ".to_owned(), |name| format!("{name}, स्वागत छ!"))
    }

    fn menu_question(&self) -> &'static str {
        "हामी तपाईंलाई के सहयोग गरौं?"
    }

    fn menu_items(&self) -> [&'static str; 6] {
        [
            "सामान",
            "टोकरी",
            "मेरा अर्डर",
            "मद्दत",
            "मानिससँग कुरा",
            "English",
        ]
    }

    fn menu_hint(&self) -> &'static str {
        "नम्बर लेख्नुहोस्, वा खोजेको सामानको नाम लेख्नुहोस्।"
    }

    fn menu_button(&self) -> &'static str {
        "मेनु"
    }

    fn help(&self) -> &'static str {
        "*मद्दत*\n\
         • *मेनु* – हामी के गर्न सक्छौं\n\
         • *सामान* – हामी के बेच्छौं; अनि नम्बर, वा ३ नम्बरको दुई वटाका लागि *२ x ३*\n\
         • *खोज चिया* – नाममा चिया भएका सामान\n\
         • *टोकरी* – तपाईंले छानेका सामान; फेर्न *हटाउ १* वा *१ = ५*\n\
         • *अर्डर* – टोकरीका सामान अर्डर गर्न\n\
         • *मेरा अर्डर* – तपाईंका अर्डर कहाँ पुगे\n\
         • *मानिस* – पसलका मानिसले जवाफ दिन्छन्\n\
         • *English* – in English\n\
         • *STOP* – सन्देश रोक्न"
    }

    fn products_title(&self) -> &'static str {
        "सामान"
    }

    fn found_title(&self, words: &str) -> String {
        format!("“{words}” का लागि भेटिएका")
    }

    fn range(&self, from: &str, to: &str, total: &str) -> String {
        format!("({total} मध्ये {from} देखि {to})")
    }

    fn list_hint(&self, has_more: bool) -> &'static str {
        if has_more {
            "छान्न नम्बर लेख्नुहोस्, वा ३ नम्बरको दुई वटाका लागि *२ x ३*। *अर्को* ले थप देखाउँछ, *मेनु* ले फर्काउँछ।"
        } else {
            "छान्न नम्बर लेख्नुहोस्, वा ३ नम्बरको दुई वटाका लागि *२ x ३*। *मेनु* ले फर्काउँछ।"
        }
    }

    fn list_button(&self) -> &'static str {
        "छान्नुहोस्"
    }

    fn next_page(&self) -> &'static str {
        "थप सामान"
    }

    fn left(&self, count: &str) -> String {
        format!("{count} वटा बाँकी")
    }

    fn is_sold_out(&self) -> &'static str {
        "सकियो"
    }

    fn how_many(&self, in_basket: Option<&str>) -> String {
        in_basket.map_or_else(
            || "कति वटा? नम्बर लेख्नुहोस्, वा *फिर्ता*।".to_owned(),
            |count| format!("टोकरीमा {count} वटा छ। कति वटा बनाऔं? *०* ले हटाउँछ।"),
        )
    }

    fn put(&self, name: &str, count: &str) -> String {
        format!("{name} × {count} टोकरीमा राखियो।")
    }

    fn put_hint(&self) -> &'static str {
        "अर्डर गर्न *अर्डर*, हेर्न *टोकरी* लेख्नुहोस्, वा अरू छान्नुहोस्।"
    }

    fn basket_title(&self) -> &'static str {
        "तपाईंको टोकरी"
    }

    fn basket_so_far(&self, total: &str) -> String {
        format!("तपाईंको टोकरी: {total}।")
    }

    fn total(&self, total: &str) -> String {
        format!("जम्मा: {total}")
    }

    fn basket_hint(&self) -> &'static str {
        "अर्डर गर्न *अर्डर*, संख्या फेर्न नम्बर, हटाउन *हटाउ १*, सबै हटाउन *खाली*, वा *मेनु* लेख्नुहोस्।"
    }

    fn summary_title(&self) -> &'static str {
        "कृपया आफ्नो अर्डर जाँच्नुहोस्"
    }

    fn summary_buttons(&self) -> [&'static str; 3] {
        ["पक्का", "फेर्ने", "अहिले होइन"]
    }

    fn summary_hint(&self) -> &'static str {
        "यो ठीक छ?"
    }

    fn shortage_title(&self) -> &'static str {
        "तपाईंले छान्दै गर्दा अरू कोही छिटो भए। हामीले तपाईंको टोकरी फेर्‍यौं:"
    }

    fn shortage_line(&self, name: &str, now: Option<&str>, wanted: &str) -> String {
        match now {
            Some(now) => format!("{name}: {wanted} होइन, {now} वटा मात्र बाँकी"),
            None => format!("{name}: सकियो"),
        }
    }

    fn orders_title(&self) -> &'static str {
        "तपाईंका अर्डर"
    }

    fn orders_hint(&self) -> &'static str {
        "एउटा हेर्न नम्बर लेख्नुहोस्, वा *मेनु*।"
    }

    fn order_title(&self, number: i64) -> String {
        format!("अर्डर #{number}")
    }

    fn order_hint(&self) -> &'static str {
        "यही सामान टोकरीमा राख्न *फेरि*, वा *मेरा अर्डर*, वा *मेनु* लेख्नुहोस्।"
    }

    fn placed_on(&self, day: &str) -> String {
        format!("{day}मा गरिएको")
    }

    fn month(&self, month: u32) -> &'static str {
        const MONTHS: [&str; 12] = [
            "जनवरी",
            "फेब्रुअरी",
            "मार्च",
            "अप्रिल",
            "मे",
            "जुन",
            "जुलाई",
            "अगस्ट",
            "सेप्टेम्बर",
            "अक्टोबर",
            "नोभेम्बर",
            "डिसेम्बर",
        ];
        MONTHS[(month as usize + 11) % 12]
    }

    fn status(&self, status: S) -> &'static str {
        match status {
            S::Pending => "प्राप्त भयो",
            S::Confirmed => "पक्का भयो",
            S::Packed => "प्याक भयो",
            S::Shipped => "बाटोमा छ",
            S::Delivered => "पुग्यो",
            S::Canceled => "रद्द भयो",
        }
    }

    fn news(&self, status: S) -> &'static str {
        match status {
            S::Pending => "धन्यवाद, तपाईंको अर्डर प्राप्त भयो! पक्का हुनेबित्तिकै हामी लेख्नेछौं।",
            S::Confirmed => "पसलले तपाईंको अर्डर पक्का गर्‍यो।",
            S::Packed => "तपाईंको अर्डर प्याक भयो।",
            S::Shipped => "तपाईंको अर्डर बाटोमा छ।",
            S::Delivered => "तपाईंको अर्डर पुग्यो। धन्यवाद!",
            S::Canceled => "तपाईंको अर्डर रद्द भयो।",
        }
    }

    fn news_hint(&self) -> &'static str {
        "कहाँ पुग्यो हेर्न *मेरा अर्डर* लेख्नुहोस्।"
    }

    fn reason(&self, reason: &str) -> String {
        format!("कारण: {reason}")
    }

    fn alert(&self, number: i64, total: &str, name: &str) -> String {
        format!("नयाँ अर्डर #{number}: {total}, {name} बाट।")
    }

    fn nothing_for_sale(&self) -> &'static str {
        "अहिले बिक्रीमा केही छैन। पछि फेरि हेर्नुहोस्, वा *मानिस* लेख्नुहोस्।"
    }

    fn nothing_found(&self, words: &str) -> String {
        format!("“{words}” का लागि केही भेटिएन। सबै हेर्न *सामान*, कसैलाई सोध्न *मानिस* लेख्नुहोस्।")
    }

    fn not_sold(&self) -> &'static str {
        "त्यो अब बेचिँदैन। के छ हेर्न *सामान* लेख्नुहोस्।"
    }

    fn sold_out(&self, name: &str) -> String {
        format!("माफ गर्नुहोस्, {name} सकियो। के छ हेर्न *सामान* लेख्नुहोस्।")
    }

    fn only_left(&self, name: &str, most: &str, in_basket: Option<&str>) -> String {
        let has = in_basket
            .map(|it| format!(" (टोकरीमा {it} वटा छ)"))
            .unwrap_or_default();
        format!("{name} जम्मा {most} वटा मात्र छ{has}। कति वटा बनाऔं?")
    }

    fn basket_full(&self) -> &'static str {
        "टोकरी भरियो। अर्डर गर्न *अर्डर*, केही हटाउन *टोकरी* लेख्नुहोस्।"
    }

    fn other_currency(&self) -> &'static str {
        "यसको मूल्य टोकरीको भन्दा अर्कै मुद्रामा छ। कृपया पहिले *अर्डर* लेखेर त्यो अर्डर गर्नुहोस्।"
    }

    fn not_a_number(&self) -> &'static str {
        "कति वटा? कृपया नम्बर लेख्नुहोस्, जस्तै *२*, वा *फिर्ता*।"
    }

    fn empty_basket(&self) -> &'static str {
        "तपाईंको टोकरी खाली छ। के छ हेर्न *सामान* लेख्नुहोस्।"
    }

    fn emptied(&self) -> &'static str {
        "टोकरी खाली गरियो। के छ हेर्न *सामान* लेख्नुहोस्।"
    }

    fn dropped(&self, has_basket: bool) -> &'static str {
        if has_basket {
            "केही अर्डर गरिएन; टोकरी जस्ताको तस्तै छ। हेर्न *टोकरी* लेख्नुहोस्, वा *मेनु*।"
        } else {
            "केही अर्डर गरिएन। के गर्न सकिन्छ हेर्न *मेनु* लेख्नुहोस्।"
        }
    }

    fn is_another_basket(&self) -> &'static str {
        "त्यसपछि टोकरी वा मूल्य फेरियो। कृपया एकपटक फेरि हेर्नुहोस्:"
    }

    fn ordered_already(&self, number: i64, status: &str) -> String {
        format!("तपाईंको अर्डर #{number} हामीकहाँ पुगिसक्यो ({status})। हेर्न *मेरा अर्डर* लेख्नुहोस्।")
    }

    fn no_orders(&self) -> &'static str {
        "तपाईंको अहिलेसम्म कुनै अर्डर छैन। के छ हेर्न *सामान* लेख्नुहोस्।"
    }

    fn nothing_of_it(&self) -> &'static str {
        "त्यो अर्डरका सामान अहिले पाइँदैन। के छ हेर्न *सामान* लेख्नुहोस्।"
    }

    fn person(&self) -> &'static str {
        "पसलका मानिसले यहीँ जवाफ दिनेछन्; कृपया के बारेमा हो लेख्नुहोस्। त्यतिन्जेल म चुप बस्छु।"
    }

    fn no_such_number(&self) -> &'static str {
        "त्यो नम्बर माथिको सूचीमा छैन। सूचीको नम्बर छान्नुहोस्, वा *मेनु* लेख्नुहोस्।"
    }

    fn stale(&self) -> &'static str {
        "त्यो सूची अब पुरानो भयो, त्यसैले अहिले यी छन्:"
    }

    fn unclear(&self) -> &'static str {
        "माफ गर्नुहोस्, मैले बुझिनँ।"
    }

    fn unclear_here(&self) -> &'static str {
        "माफ गर्नुहोस्, मैले बुझिनँ। माथि लेखिएको छान्नुहोस्, वा *मेनु*, *मद्दत* वा *मानिस* लेख्नुहोस्।"
    }

    fn unreadable(&self) -> &'static str {
        "धन्यवाद! म शब्द मात्र पढ्न सक्छु। पसलका मानिसले हेर्न *मानिस*, अगाडि बढ्न *मेनु* लेख्नुहोस्।"
    }

    fn apology(&self) -> &'static str {
        "माफ गर्नुहोस्, हाम्रो तर्फ केही बिग्रियो र पसललाई खबर भइसक्यो। केही बेरमा फेरि प्रयास गर्नुहोस्, वा *मानिस* लेख्नुहोस्।"
    }

    fn opted_out(&self) -> &'static str {
        "अब हामी तपाईंलाई सन्देश पठाउने छैनौं। फेरि चाहिएमा *सुरु* (START) लेख्नुहोस्।"
    }

    fn opted_in(&self) -> &'static str {
        "फेरि स्वागत छ! अब तपाईंले हाम्रा सन्देश पाउनुहुनेछ। के सोध्न सकिन्छ हेर्न *मद्दत*, सन्देश रोक्न *रोक्नुहोस्* (STOP) लेख्नुहोस्।"
    }

    fn digits(&self) -> [char; 10] {
        ['०', '१', '२', '३', '४', '५', '६', '७', '८', '९']
    }

    fn currency(&self, currency: Currency) -> &'static str {
        match currency {
            Currency::Npr => "नेरू ",
            Currency::Inr => "भारू ",
            Currency::Usd => "अमेरिकी डलर ",
        }
    }
}
