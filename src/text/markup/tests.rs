use proptest::prelude::*;

use super::*;

/// Pieces as a reader of tests likes them: `{bold:…}`.
fn seen(text: &str, markup: Markup) -> String {
    let Ok(pieces) = read(text, markup) else { return "refused".to_owned() };
    let shown = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Begin(Mark::Link(address)) => format!("{{link {address}:"),
        Piece::Begin(mark) => format!("{{{mark:?}:").to_lowercase(),
        Piece::End => "}".to_owned(),
    };
    pieces.iter().map(shown).collect()
}

#[test]
fn html_is_read_as_telegram_reads_it() {
    for (html, expected) in [
        ("<b>Ann</b> &lt;3 &amp; &quot;&#128081;&#x41;&nbsp;", "{bold:Ann} <3 & \"👑A&nbsp;"),
        ("<b>a<i>b</i></b><U>c</U><del>d</del>", "{bold:a{italic:b}}{underline:c}{strike:d}"),
        ("<span class='tg-spoiler'>a</span><tg-spoiler>b</tg-spoiler>", "{spoiler:a}{spoiler:b}"),
        ("<pre><code class=\"language-py\">x &lt; y</code></pre><code>z</code>", "{pre:x < y}{code:z}"),
        ("<a href=\"https://a.uz/?x=1&amp;y\">go</a><a href='nowhere'>no</a>", "{link https://a.uz/?x=1&y:go}{plain:no}"),
        ("<blockquote expandable>q</blockquote>", "{quote:q}"),
        ("<b onclick=\"x>y\">b</b>", "{bold:b}"),
        ("<b>b</>", "{bold:b}"),
        ("2 < 3", "refused"),
        ("<b>x", "refused"),
        ("x</b>", "refused"),
        ("<b>x</i>", "refused"),
        ("a<br>b", "refused"),
        ("<img src=x onerror=alert(1)>", "refused"),
        ("<script>alert(1)</script>", "refused"),
        ("<span style='x'>x</span>", "refused"),
        ("<b", "refused"),
    ] {
        assert_eq!(seen(html, Markup::Html), expected, "{html}");
    }
    assert_eq!(read("ok <br>", Markup::Html), Err(Unreadable { at: 3 }));
}

#[test]
fn the_older_markdown_is_read_as_telegram_reads_it() {
    for (text, expected) in [
        ("*bold* _it_ `x_y` [go](http://a.b) \\*", "{bold:bold} {italic:it} {code:x_y} {link http://a.b:go} *"),
        ("```py\nx = 1\n``` end", "{pre:x = 1\n} end"),
        ("*a _b_*", "{bold:a _b_}"),
        ("**", ""),
        ("[a.uz]", "{link a.uz:a.uz}"),
        ("snake_case", "refused"),
        ("*open", "refused"),
        ("[a](b", "refused"),
        ("1. plain! (text) <b>", "1. plain! (text) <b>"),
    ] {
        assert_eq!(seen(text, Markup::Markdown), expected, "{text}");
    }
}

#[test]
fn the_newer_markdown_is_read_as_telegram_reads_it() {
    for (text, expected) in [
        ("*b _i_ __u__ ~s~ ||x||* ok\\.", "{bold:b {italic:i} {underline:u} {strike:s} {spoiler:x}} ok."),
        ("`a*b\\`` ```py\nx_y\n```", "{code:a*b`} {pre:x_y\n}"),
        ("[a *b*](http://a.b/\\))", "{link http://a.b/):a {bold:b}}"),
        ("![👍](tg://emoji?id=5)", "{plain:👍}"),
        (">one\n>two\nafter", "{quote:one\ntwo}\nafter"),
        (">folded||\nafter", "{quote:folded}\nafter"),
        ("_a__", "refused"),
        ("ok.", "refused"),
        ("a > b", "refused"),
        ("*a _b* c_", "refused"),
        ("*a", "refused"),
        ("```a", "refused"),
        ("a | b", "refused"),
        (">*a\nb*", "refused"),
    ] {
        assert_eq!(seen(text, Markup::MarkdownV2), expected, "{text}");
    }
    assert_eq!(read("ok \\. no.", Markup::MarkdownV2), Err(Unreadable { at: 8 }));
}

proptest! {
    /// Whatever is written, marks are well nested, and complaints point into the text.
    #[test]
    fn what_is_read_is_well_nested(text in "[ab \n<>/&;#=\"'*_~|`\\[\\]()!\\\\.b-i👑]{0,60}") {
        for markup in [Markup::Plain, Markup::Html, Markup::Markdown, Markup::MarkdownV2] {
            match read(&text, markup) {
                Ok(pieces) => {
                    let mut open = 0_i32;
                    for piece in &pieces {
                        open += match piece { Piece::Begin(_) => 1, Piece::End => -1, Piece::Text(_) => 0 };
                        prop_assert!(open >= 0);
                    }
                    prop_assert_eq!(open, 0);
                }
                Err(Unreadable { at }) => prop_assert!(text.is_char_boundary(at)),
            }
        }
    }
}
