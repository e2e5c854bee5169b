#include "settings/sections.hpp"

#include "base/text.hpp"
#include "base/timestamp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace crmsync::settings {

namespace {

int line_of(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

std::string_view type_of(const toml::node& node)
{
    switch (node.type()) {
    case toml::node_type::table:
        return "a section";
    case toml::node_type::array:
        return "a list";
    case toml::node_type::string:
        return "a text in quotes";
    case toml::node_type::integer:
        return "a whole number";
    case toml::node_type::floating_point:
        return "a number with a fraction";
    case toml::node_type::boolean:
        return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
        return "a date or time";
    default:
        return "nothing";
    }
}

} // namespace

Section::Section(Reading& reading, const toml::table* table, std::string name, std::string place)
    : reading_(reading), table_(table), name_(std::move(name)), place_(std::move(place))
{
    if (table_ != nullptr)
        reading_.mistakes.place(place_, line_of(*table_));
}

void Section::read(std::string_view key, std::string& into)
{
    if (const toml::node* node = find(key)) {
        if (const auto text = node->value_exact<std::string>())
            into = *text;
        else
            wrong_type(key, *node, "a text in quotes");
    }
}

void Section::read(std::string_view key, std::optional<std::string>& into)
{
    const toml::node* node = table_ == nullptr ? nullptr : table_->get(key);
    std::string text;
    read(key, text);
    if (node != nullptr && node->is_string())
        into = std::move(text);
}

void Section::read(std::string_view key, bool& into)
{
    if (const toml::node* node = find(key)) {
        if (const auto truth = node->value_exact<bool>())
            into = *truth;
        else
            wrong_type(key, *node, "true or false");
    }
}

void Section::read(std::string_view key, std::int64_t& into)
{
    if (const toml::node* node = find(key)) {
        if (const auto number = node->value_exact<std::int64_t>())
            into = *number;
        else
            wrong_type(key, *node, "a whole number");
    }
}

void Section::read(std::string_view key, int& into)
{
    std::int64_t number = into;
    read(key, number);
    if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max())
        reading_.mistakes.add(place_of(key), "expected a smaller number");
    else
        into = static_cast<int>(number);
}

void Section::read(std::string_view key, std::chrono::seconds& into)
{
    const toml::node* node = find(key);
    if (node == nullptr)
        return;
    const auto text = node->value_exact<std::string>();
    if (!text)
        return wrong_type(key, *node, "a time span in quotes such as \"60s\", \"15m\" or \"2h\"");
    if (const auto span = parse_duration(*text))
        into = *span;
    else
        reading_.mistakes.add(place_of(key),
                              fmt::format("expected a time span such as \"60s\", \"15m\", "
                                          "\"2h\" or \"30d\", found {}",
                                          quoted(*text)));
}

void Section::read(std::string_view key, std::vector<std::string>& into)
{
    const toml::node* node = find(key);
    if (node == nullptr)
        return;
    const toml::array* list = node->as_array();
    if (list == nullptr)
        return wrong_type(key, *node, "a list of texts such as [\"a\", \"b\"]");
    into.clear();
    for (const toml::node& element : *list) {
        if (const auto text = element.value_exact<std::string>())
            into.push_back(*text);
        else
            wrong_type(key, element, "a list of nothing but texts in quotes");
    }
}

std::vector<std::pair<std::string, Section>> Section::sections(std::string_view key)
{
    std::vector<std::pair<std::string, Section>> found;
    asked_.emplace(key);
    const toml::node* node = table_ == nullptr ? nullptr : table_->get(key);
    if (node == nullptr)
        return found;
    const std::string place = place_of(key);
    reading_.mistakes.place(place, line_of(*node));
    if (!node->is_table()) {
        wrong_type(key, *node, fmt::format("sections such as [{}.de]", place));
        return found;
    }
    for (const auto& [name, one] : *node->as_table()) {
        const std::string below = fmt::format("{}.{}", place, name.str());
        reading_.mistakes.place(below, line_of(one));
        if (one.is_table())
            found.emplace_back(std::string(name.str()),
                               Section(reading_, one.as_table(), below, below));
        else
            reading_.mistakes.add(
                below, fmt::format("expected a section [{}], found {}", below, type_of(one)));
    }
    return found;
}

void Section::finish()
{
    if (table_ == nullptr)
        return;
    for (const auto& [key, node] : *table_)
        if (!asked_.contains(key.str()))
            reading_.leftovers.push_back({name_, std::string(key.str()), line_of(node)});
}

std::string Section::place_of(std::string_view key) const
{
    return fmt::format("{}.{}", place_, key);
}

const toml::node* Section::find(std::string_view key)
{
    asked_.emplace(key);
    reading_.keys.insert(fmt::format("{}.{}", name_, key));
    const toml::node* node = table_ == nullptr ? nullptr : table_->get(key);
    if (node != nullptr) {
        reading_.mistakes.place(place_of(key), line_of(*node));
        reading_.given.insert(fmt::format("{}.{}", name_, key));
    }
    return node;
}

void Section::wrong_type(std::string_view key, const toml::node& node, std::string_view expected)
{
    reading_.mistakes.add(place_of(key),
                          fmt::format("expected {}, found {}", expected, type_of(node)));
}

Section Document::section(std::string_view name)
{
    const std::string own_name(name);
    names_.push_back(own_name);
    const toml::node* node = root_.get(name);
    if (node != nullptr && !node->is_table())
        reading_.mistakes.add_at(line_of(*node), name,
                                 fmt::format("expected the section [{}], found {}", name,
                                             node->is_array_of_tables()
                                                 ? "[[" + own_name + "]]"
                                                 : std::string(type_of(*node))));
    return {reading_, node == nullptr ? nullptr : node->as_table(), own_name, own_name};
}

std::vector<const toml::table*> Document::sections(std::string_view name)
{
    names_.emplace_back(name);
    std::vector<const toml::table*> tables;
    const toml::node* node = root_.get(name);
    if (node == nullptr)
        return tables;
    const toml::array* list = node->as_array();
    bool fits = list != nullptr;
    if (list != nullptr) {
        for (const toml::node& element : *list) {
            fits = fits && element.is_table();
            if (element.is_table())
                tables.push_back(element.as_table());
        }
    }
    if (!fits)
        reading_.mistakes.add_at(
            line_of(*node), name,
            fmt::format("write [[{}]] with two brackets before each one's keys", name));
    return tables;
}

void Document::finish()
{
    for (const auto& [key, node] : root_)
        if (std::find(names_.begin(), names_.end(), key.str()) == names_.end())
            reading_.leftovers.push_back({"", std::string(key.str()), line_of(node)});
}

} // namespace crmsync::settings
