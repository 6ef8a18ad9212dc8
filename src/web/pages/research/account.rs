//! Signing in to Telegram, each person with their own account; and out again.

use super::{back, settled};
use crate::{
    domain::sign_in_fault::SignInFault,
    mtproto::ApiKey,
    researchers::{Answer, Phase},
    text::{pages::Words, research as said},
    web::pages::{
        look::{Done, Look, Trouble},
        page::{Form, InputKind, Section},
        query::Query,
    },
};

/// Longer than any code or password.
const LONGEST_SECRET: usize = 256;
/// With spaces and brackets.
const LONGEST_PHONE: usize = 32;

/// What is to be typed next.
pub(super) fn forms(look: &Look<'_>, phase: &Phase) -> Vec<Section> {
    let words = look.words();
    let secret = || InputKind::Secret(LONGEST_SECRET);
    let anew = || Form::new("/research/anew", words.research_anew());
    let (title, forms) = match phase {
        Phase::Out | Phase::In(_) => {
            let form = Form::new("/research/sign-in", words.research_sign_in())
                .more(words.research_sign_in_more())
                .with("api_id", "api_id", InputKind::Number(false))
                .with("api_hash", "api_hash", secret())
                .with("phone", words.research_phone(), InputKind::Text(String::new(), LONGEST_PHONE, false));
            (words.research_sign_in(), vec![form])
        }
        Phase::Code(_) => {
            let form = Form::new("/research/answer", words.research_code())
                .more(words.research_code_more())
                .button(words.go_on())
                .with("code", words.research_code(), secret());
            (words.research_code(), vec![form, anew()])
        }
        Phase::Password(_) => {
            let form = Form::new("/research/answer", words.research_password())
                .more(words.research_password_more())
                .button(words.go_on())
                .with("password", words.research_password(), secret());
            (words.research_password(), vec![form, anew()])
        }
    };
    let mut sections = Vec::new();
    sections.extend(
        said::asked(phase_of(phase), look.lang()).map(|fact| Section::Facts(words.research_account().to_owned(), vec![fact])),
    );
    sections.push(Section::Forms(title.to_owned(), forms));
    sections
}

fn phase_of(phase: &Phase) -> said::Asked<'_> {
    match phase {
        Phase::Out | Phase::In(_) => said::Asked::Nothing,
        Phase::Code(sent_by) => said::Asked::Code(sent_by),
        Phase::Password(hint) => said::Asked::Password(hint.as_deref()),
    }
}

/// Whose account it is, and the way out.
pub(super) fn signed_in(words: Words, account: &str) -> Section {
    let form = Form::new("/research/forget", words.research_forget()).more(words.research_forget_more()).grave();
    Section::Forms(format!("{}: {account}", words.research_account()), vec![form])
}

/// Has a code sent.
pub(in crate::web::pages) fn sign_in(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let refused = |fault: &SignInFault| Trouble::Refused(said::fault(fault, look.lang()));
    let id = form.get("api_id").trim().parse().ok().filter(|id: &i32| *id > 0).ok_or_else(|| refused(&SignInFault::Api))?;
    let hash = form.get("api_hash").trim();
    if hash.len() != 32 || !hash.bytes().all(|c| c.is_ascii_hexdigit()) {
        return Err(refused(&SignInFault::Api));
    }
    let workspace = look.research();
    if !workspace.stand().phase_is_in() {
        let phone = form.get("phone").chars().take(LONGEST_PHONE).collect();
        workspace.sign_in(ApiKey { id, hash: hash.to_owned().into() }, phone);
    }
    Ok(settled(&workspace))
}

/// The code or the password.
pub(in crate::web::pages) fn answer(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let workspace = look.research();
    let typed = |name: &str| form.get(name).chars().take(LONGEST_SECRET).collect::<String>().into();
    match workspace.stand().phase {
        Phase::Code(_) => workspace.answer(Answer::Code(typed("code"))),
        Phase::Password(_) => workspace.answer(Answer::Password(typed("password"))),
        Phase::Out | Phase::In(_) => {}
    }
    Ok(settled(&workspace))
}

/// Another number, or another code.
pub(in crate::web::pages) fn anew(look: &Look<'_>, _: &Query) -> Result<Done, Trouble> {
    look.research().begin_anew();
    Ok(back())
}

/// Logs out and deletes everything.
pub(in crate::web::pages) fn forget(look: &Look<'_>, _: &Query) -> Result<Done, Trouble> {
    let workspace = look.research();
    workspace.forget();
    Ok(settled(&workspace))
}
