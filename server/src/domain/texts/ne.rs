//! Nepali.

pub(super) fn main_menu(name: Option<&str>) -> String {
    let greeting = name.map_or_else(
        || "*स्वागत छ*".to_owned(),
        |name| format!("*{name}, स्वागत छ!*"),
    );
    format!(
        "{greeting}\n\
         यो पसलको सन्देश सेवा हो। जुनसुकै बेला यहाँ लेख्नुहोस्; हाम्रा मानिसले पनि पढ्छन्।\n\n\
         के सोध्न सकिन्छ हेर्न *मद्दत* लेख्नुहोस्।"
    )
}

pub(super) const fn help_message() -> &'static str {
    "*मद्दत*\n\
     • मेनु हेर्न जे पनि लेख्नुहोस्।\n\
     • यो सन्देश फेरि हेर्न *मद्दत* लेख्नुहोस्।\n\n\
     मेनुले नसकेको कुरामा पसलका मानिसले जवाफ दिन्छन्।"
}
