//! Where the data centres are.

use grammers_tl_types::{enums, functions, types};

use crate::mtproto::{RpcError, invoke::Context, least};

pub(super) fn get_config(context: &mut Context<'_>, _: functions::help::GetConfig) -> Result<enums::Config, RpcError> {
    let option = |(id, address): (&i32, &std::net::SocketAddr)| {
        let mut option = least!(types::DcOption; 0i32, *id, address.ip().to_string(), i32::from(address.port()));
        option.r#static = true;
        enums::DcOption::Option(option)
    };
    let options: Vec<enums::DcOption> = context.world.accounts.centres.iter().map(option).collect();
    let date = context.date();
    Ok(least!(types::Config;
        0i32, date, date + 3600, false, context.caller.centre, options, "apv3.stel.com".to_owned(),
        200i32, 200_000i32, 100i32, // the largest group and supergroup, messages in one forward
        210_000i32, 5_000i32, 30_000i32, 300_000i32, 30_000i32, 1_500i32, 60_000i32, 2i32, // how often this and that is told
        172_800i32, i32::MAX, i32::MAX, // how long messages may be changed and taken back
        2_419_200i32, 200i32, 604_800i32, // the rest of it: ratings, stickers,
        20_000i32, 90_000i32, 30_000i32, 10_000i32, // calls,
        "https://t.me/".to_owned(), 1_024i32, 4_096i32, 4i32, // and the longest caption and message
    )
    .into())
}

pub(super) fn get_nearest_dc(context: &mut Context<'_>, _: functions::help::GetNearestDc) -> Result<enums::NearestDc, RpcError> {
    let nearest = context.world.accounts.centres.keys().next().copied().unwrap_or(context.caller.centre);
    Ok(types::NearestDc { country: "UZ".into(), this_dc: context.caller.centre, nearest_dc: nearest }.into())
}
