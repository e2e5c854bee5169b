#include "base/text.hpp"
#include "simulator/extended_property.hpp"
#include "simulator/graph_error.hpp"
#include "simulator/odata_query.hpp"
#include "simulator/request.hpp"

#include <optional>

namespace crmsync::sim {

namespace {

using Operator = Comparison::Operator;

std::optional<Operator> operator_of(std::string_view word)
{
    constexpr std::pair<std::string_view, Operator> known[] = {
        {"eq", Operator::eq}, {"ne", Operator::ne}, {"ge", Operator::ge},
        {"gt", Operator::gt}, {"le", Operator::le}, {"lt", Operator::lt}};
    for (const auto& [name, op] : known)
        if (same_name(name, word))
            return op;
    return std::nullopt;
}

std::string literal(std::string_view text)
{
    text = trim(text);
    if (!text.starts_with('\''))
        return std::string(text);
    if (text.size() < 2 || !text.ends_with('\''))
        throw errors::invalid_filter();
    std::string value{text.substr(1, text.size() - 2)};
    for (std::size_t at = 0; (at = value.find("''", at)) != std::string::npos; ++at)
        value.erase(at, 1);
    return value;
}

/// Parts joined by `and`, outside of quotes and parentheses.
std::vector<std::string_view> conjunction(std::string_view text)
{
    std::vector<std::string_view> parts;
    int depth = 0;
    bool quoted = false;
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\'')
            quoted = !quoted;
        if (quoted)
            continue;
        depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
        if (depth == 0 && same_name(text.substr(i, 5), " and ")) {
            parts.push_back(text.substr(start, i - start));
            start = i + 5;
        }
    }
    parts.push_back(text.substr(start));
    return parts;
}

/// "name(x)" with its name and what is inside.
std::optional<std::string_view> call(std::string_view text, std::string_view name)
{
    if (text.size() > name.size() + 1 && same_name(text.substr(0, name.size()), name) &&
        text[name.size()] == '(' && text.ends_with(')'))
        return text.substr(name.size() + 1, text.size() - name.size() - 2);
    return std::nullopt;
}

Comparison simple(std::string_view text)
{
    const auto first = text.find(' ');
    const auto second = first == std::string_view::npos ? first : text.find(' ', first + 1);
    if (second == std::string_view::npos)
        throw errors::invalid_filter();
    const auto op = operator_of(text.substr(first + 1, second - first - 1));
    if (!op)
        throw errors::invalid_filter();
    Comparison made{std::string(text.substr(0, first)), *op, literal(text.substr(second + 1)), {}};
    if (made.property.ends_with("DateTime")) {
        made.time = parse_timestamp(made.value);
        if (!made.time)
            throw errors::invalid_filter();
    }
    return made;
}

/// ep: ep/id eq 'String …' and ep/value eq 'X'
Comparison any_extended(std::string_view inner)
{
    const auto colon = inner.find(':');
    if (colon == std::string_view::npos)
        throw errors::invalid_filter();
    Comparison made;
    for (std::string_view part : conjunction(trim(inner.substr(colon + 1)))) {
        part = trim(part);
        if (const auto arguments = call(part, "contains")) {
            const auto words = split_outside(*arguments, ',');
            if (words.size() != 2)
                throw errors::invalid_filter();
            made.op = Operator::contains;
            made.value = literal(words[1]);
            continue;
        }
        Comparison one = simple(part);
        const auto slash = one.property.find('/');
        const std::string_view field = slash == std::string::npos
                                           ? std::string_view{}
                                           : std::string_view(one.property).substr(slash + 1);
        if (same_name(field, "id")) {
            const auto id = canonical_property_id(one.value);
            if (!id)
                throw errors::invalid_filter();
            made.property = "extended:" + *id;
        } else if (same_name(field, "value")) {
            made.op = one.op;
            made.value = one.value;
        } else {
            throw errors::invalid_filter();
        }
    }
    if (made.property.empty())
        throw errors::invalid_filter();
    return made;
}

Comparison comparison(std::string_view text)
{
    text = trim(text);
    while (text.starts_with('(') && text.ends_with(')'))
        text = trim(text.substr(1, text.size() - 2));
    if (const auto inner = call(text, "singleValueExtendedProperties/any"))
        return any_extended(*inner);
    if (const auto inner = call(text, "categories/any")) {
        const auto colon = inner->find(':');
        if (colon == std::string_view::npos)
            throw errors::invalid_filter();
        const std::string_view condition = trim(inner->substr(colon + 1));
        Comparison made;
        if (const auto begins = call(condition, "startswith")) {
            const auto words = split_outside(*begins, ',');
            if (words.size() != 2)
                throw errors::invalid_filter();
            made.op = Operator::starts_with;
            made.value = literal(words[1]);
        } else {
            made = simple(condition);
        }
        made.property = "categories/any";
        return made;
    }
    for (const auto& [name, op] :
         {std::pair{std::string_view("contains"), Operator::contains},
          std::pair{std::string_view("startswith"), Operator::starts_with}})
        if (const auto inner = call(text, name)) {
            const auto words = split_outside(*inner, ',');
            if (words.size() != 2)
                throw errors::invalid_filter();
            return {std::string(trim(words[0])), op, literal(words[1]), {}};
        }
    Comparison made = simple(text);
    const auto slash = made.property.find('/');
    if (!message_property(std::string_view(made.property).substr(0, slash)))
        throw errors::unknown_property(made.property, "message");
    return made;
}

} // namespace

Filter parse_filter(std::string_view text)
{
    Filter filter;
    for (const std::string_view part : conjunction(trim(text)))
        filter.push_back(comparison(part));
    return filter;
}

} // namespace crmsync::sim
