"use strict";
// What the page says. `data-words` and the like name what stands in the page itself.
const WORDS = {
  en: {
    title: "Who refers to whom", graph: "The network. Search a channel to read its neighbours as text.", light: "Light or dark",
    search: "Search", hint: "Name, title or id", filter: "Filter", least: "References at least", kinds: "In what way", when: "When", from: "From", to: "To",
    stays: "A connection stays if any of its time lies within.", community: "Community", everything: "Show everything",
    help: "A circle grows with the references to it. A line has the colour of who refers, and bends to the left on its way to the other. Drag to move, scroll to zoom, click a channel, Esc to let go.",
    ways: ["forwards", "mentions", "links", "linked chats"], sorts: { channel: "channel", group: "group", unknown: "unknown" },
    figures: (nodes, all, edges, every) => `${nodes} of ${all} channels, ${edges} of ${every} connections`,
    times: (first, last) => `${first} to ${last}`, members: (n) => `${n} members`, posts: (n) => `${n} posts collected`, bare: "not collected",
    refers: "Refers to", referred: "Referred to by", nothing: "Nothing is called so.", rest: "all smaller ones",
  },
  uz: {
    title: "Kim kimga havola qiladi", graph: "Tarmoq. Qoʻshnilarini matn koʻrinishida oʻqish uchun kanalni qidiring.", light: "Yorugʻ yoki qorongʻi",
    search: "Qidirish", hint: "Nomi, sarlavhasi yoki id", filter: "Saralash", least: "Havolalar soni kamida", kinds: "Qay tarzda", when: "Qachon", from: "Dan", to: "Gacha",
    stays: "Vaqtining bir qismi shu oraliqda boʻlsa, bogʻlanish qoladi.", community: "Toʻda", everything: "Hammasini koʻrsatish",
    help: "Havolalar qancha koʻp boʻlsa, doira shuncha katta. Chiziq havola qiluvchining rangida va boshqasiga borishda chapga egiladi. Surish uchun torting, kattalashtirish uchun gʻildirakni aylantiring, kanalni bosing, Esc qoʻyib yuboradi.",
    ways: ["ulashishlar", "eslatishlar", "havolalar", "bogʻlangan chatlar"], sorts: { channel: "kanal", group: "guruh", unknown: "nomaʼlum" },
    figures: (nodes, all, edges, every) => `Kanallar: ${nodes} / ${all}, bogʻlanishlar: ${edges} / ${every}`,
    times: (first, last) => `${first} – ${last}`, members: (n) => `aʼzolar: ${n}`, posts: (n) => `toʻplangan postlar: ${n}`, bare: "toʻplanmagan",
    refers: "Havola qiladi", referred: "Havola qilishadi", nothing: "Bunday nom yoʻq.", rest: "barcha kichikroqlari",
  },
  ru: {
    title: "Кто на кого ссылается", graph: "Сеть. Найдите канал, чтобы прочитать его соседей текстом.", light: "Светлая или тёмная",
    search: "Поиск", hint: "Имя, название или id", filter: "Отбор", least: "Ссылок не меньше", kinds: "Каким образом", when: "Когда", from: "С", to: "По",
    stays: "Связь остаётся, если на это время приходится хотя бы часть её.", community: "Сообщество", everything: "Показать всё",
    help: "Круг тем больше, чем больше на него ссылок. Линия цвета того, кто ссылается, и по пути к другому изгибается влево. Тяните, чтобы двигать, крутите колесо, чтобы увеличить, нажмите на канал; Esc отпускает.",
    ways: ["пересылки", "упоминания", "ссылки", "связанные чаты"], sorts: { channel: "канал", group: "группа", unknown: "неизвестно" },
    figures: (nodes, all, edges, every) => `Каналы: ${nodes} из ${all}, связи: ${edges} из ${every}`,
    times: (first, last) => `${first} – ${last}`, members: (n) => `участников: ${n}`, posts: (n) => `собрано постов: ${n}`, bare: "не собран",
    refers: "Ссылается на", referred: "Ссылаются", nothing: "Ничего с таким именем.", rest: "все меньшие",
  },
};
// Whoever shows the page in a frame may name theme and language behind the #; otherwise the device does.
const named = (choices) => choices.find((choice) => location.hash.slice(1).split(",").includes(choice));
const lang = named(Object.keys(WORDS)) ?? Object.keys(WORDS).find((lang) => navigator.language.toLowerCase().startsWith(lang)) ?? "en";
const say = WORDS[lang];
document.documentElement.lang = lang;
document.title = say.title;
for (const [name, property] of [["words", "textContent"], ["hint", "placeholder"], ["tip", "title"], ["label", "ariaLabel"]]) {
  for (const told of document.querySelectorAll(`[data-${name}]`)) told[property] = say[told.dataset[name]];
}
