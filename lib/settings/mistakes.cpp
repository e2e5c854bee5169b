#include "settings/mistakes.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crmsync::settings {

namespace {

/// "provider[1].name" as the file spells it: "provider.name". The line tells which one.
std::string as_written(std::string_view key)
{
    std::string written;
    bool inside = false;
    for (const char c : key) {
        if (c == '[')
            inside = true;
        if (!inside)
            written += c;
        if (c == ']')
            inside = false;
    }
    return written;
}

} // namespace

void Mistakes::place(std::string_view key, int line)
{
    places_.insert_or_assign(std::string(key), line);
}

int Mistakes::line_of(std::string_view key) const
{
    while (true) {
        const auto place = places_.find(key);
        if (place != places_.end())
            return place->second;
        const auto dot = key.rfind('.');
        if (dot == std::string_view::npos)
            return 1;
        key = key.substr(0, dot);
    }
}

void Mistakes::add(std::string_view key, std::string_view what)
{
    add_at(line_of(key), as_written(key), what);
    found_.back().key = key;
}

void Mistakes::add_at(int line, std::string_view key, std::string_view what)
{
    const std::string_view colon = key.empty() ? "" : ": ";
    found_.push_back(
        {line, std::string(key), fmt::format("{}:{}: {}{}{}", path_, line, key, colon, what)});
}

bool Mistakes::has(std::string_view key) const
{
    return std::any_of(found_.begin(), found_.end(),
                       [key](const Mistake& mistake) { return mistake.key == key; });
}

std::string Mistakes::text() const
{
    std::vector<Mistake> by_line = found_;
    std::stable_sort(by_line.begin(), by_line.end(),
                     [](const Mistake& a, const Mistake& b) { return a.line < b.line; });
    std::vector<std::string> texts;
    for (Mistake& mistake : by_line)
        texts.push_back(std::move(mistake.text));
    return join(texts, "; ");
}

std::string quoted(std::string_view text, std::size_t longest)
{
    const std::string clean = clean_utf8(text);
    std::string out = "\"";
    for (const char c : cut_utf8(clean, longest))
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    return out + (clean.size() > longest ? "…\"" : "\"");
}

} // namespace crmsync::settings
