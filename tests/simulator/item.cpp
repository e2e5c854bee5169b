#include "simulator/item.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace crmsync::sim {

namespace {

/// The long text that bulk messages look into: plain ASCII, nothing that JSON escapes.
const std::string& filler()
{
    static const std::string text = [] {
        constexpr std::string_view words[] = {
            "order",   "delivery", "the",      "customer", "asks",   "for",
            "an",      "offer",    "meeting",  "on",       "Friday", "please",
            "confirm", "invoice",  "attached", "price",    "list",   "pump",
            "spare",   "parts",    "arrive",   "next",     "week",   "regards"};
        std::string made;
        std::uint64_t state = 88172645463325252ULL;
        while (made.size() < 1 << 18) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            made += words[state % std::size(words)];
            made += state % 11 == 0 ? ". " : " ";
        }
        return made;
    }();
    return text;
}

std::string stripped(std::string_view html)
{
    std::string text;
    bool in_tag = false;
    for (std::size_t i = 0; i < html.size(); ++i) {
        const char c = html[i];
        if (c == '<') {
            in_tag = true;
            const std::string_view rest = html.substr(i);
            if (rest.starts_with("<br") || rest.starts_with("</p") || rest.starts_with("</div"))
                text += "\r\n";
        } else if (c == '>' && in_tag) {
            in_tag = false;
        } else if (!in_tag) {
            constexpr std::pair<std::string_view, std::string_view> entities[] = {
                {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&nbsp;", " "}, {"&quot;", "\""}};
            const auto entity =
                std::find_if(std::begin(entities), std::end(entities),
                             [&](const auto& e) { return html.substr(i).starts_with(e.first); });
            if (c == '&' && entity != std::end(entities)) {
                text += entity->second;
                i += entity->first.size() - 1;
            } else {
                text += c;
            }
        }
    }
    return std::string(trim(text));
}

} // namespace

std::string_view Body::view() const
{
    if (text)
        return *text;
    if (window_size == 0)
        return {};
    const std::string_view all = filler();
    const std::size_t size = std::min<std::size_t>(window_size, all.size());
    return all.substr(window_offset % (all.size() - size + 1), size);
}

std::size_t Item::size() const
{
    std::size_t bytes = 1024 + body.view().size() + subject.size();
    for (const Attachment& attachment : attachments)
        bytes += 512 + (attachment.content ? attachment.content->size() : 0);
    return bytes;
}

bool Item::has_real_attachments() const
{
    return std::any_of(attachments.begin(), attachments.end(),
                       [](const Attachment& a) { return !a.is_inline; });
}

std::string text_of(const Body& body)
{
    return body.html ? stripped(body.view()) : std::string(body.view());
}

std::string preview_of(const Body& body)
{
    // Markup may be long before the first word: look at enough of it for 255 characters of text.
    Body head = body;
    if (body.html && body.view().size() > 8192)
        head.text = std::make_shared<const std::string>(body.view().substr(0, 8192));
    const std::string text = body.html ? text_of(head) : std::string(body.view().substr(0, 1024));
    std::size_t end = 0;
    for (int count = 0; end < text.size() && count < 255; ++count) {
        ++end;
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
            ++end;
    }
    return text.substr(0, end);
}

} // namespace crmsync::sim
