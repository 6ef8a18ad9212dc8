"""A bot on python-telegram-bot, to be driven by the test: URL and token are its arguments."""

import io
import sys

from telegram import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, ChatMemberHandler, CommandHandler, ContextTypes, MessageHandler, filters

url, token = sys.argv[1:]
Context = ContextTypes.DEFAULT_TYPE


async def start(update: Update, context: Context) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Report", callback_data="report"), InlineKeyboardButton("File", callback_data="file")]])
    await update.message.reply_html(f"<b>Hello</b>, {update.effective_user.mention_html()}", reply_markup=keyboard)


async def press(update: Update, context: Context) -> None:
    query = update.callback_query
    if query.data == "report":
        members = await context.bot.get_chat_member_count(query.message.chat.id)
        await query.edit_message_text(f"<i>{members} members</i>", parse_mode="HTML")
        await query.answer("Edited")
    else:
        await context.bot.send_document(query.message.chat.id, io.BytesIO(b"a,b\n"), filename="report.csv", caption="A file")
        await query.answer("Look below", show_alert=True)


async def kind(update: Update, context: Context) -> None:
    message = update.message
    if message.document:
        content = await (await message.document.get_file()).download_as_bytearray()
        await message.reply_text(f"document of {len(content)} bytes")
    elif message.effective_attachment is not None:
        await message.reply_text("attachment")
    else:
        await message.reply_text(f"{message.chat.type}: {message.text}", do_quote=True)


async def placed(update: Update, context: Context) -> None:
    change = update.my_chat_member
    await context.bot.send_message(change.from_user.id, f"{change.chat.title}: {change.old_chat_member.status} to {change.new_chat_member.status}")


async def prepare(application: Application) -> None:
    await application.bot.set_my_commands([BotCommand("start", "Begin")])


application = (
    Application.builder().token(token).base_url(f"{url}/bot").base_file_url(f"{url}/file/bot").post_init(prepare).build()
)
application.add_handler(CommandHandler("start", start))
application.add_handler(CallbackQueryHandler(press))
application.add_handler(ChatMemberHandler(placed, ChatMemberHandler.MY_CHAT_MEMBER))
application.add_handler(MessageHandler(filters.ALL & ~filters.StatusUpdate.ALL, kind))
application.run_polling(allowed_updates=Update.ALL_TYPES)
