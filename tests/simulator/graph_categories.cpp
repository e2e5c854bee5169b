#include "base/text.hpp"
#include "simulator/graph.hpp"
#include "simulator/json_text.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace crmsync::sim {

namespace {

bool is_color(std::string_view color)
{
    if (color == "none")
        return true;
    int number = -1;
    if (!color.starts_with("preset"))
        return false;
    const auto read = std::from_chars(color.data() + 6, color.data() + color.size(), number);
    return read.ec == std::errc{} && read.ptr == color.data() + color.size() && number >= 0 &&
           number <= 24;
}

void append_category(std::string& out, const Category& category, std::string_view context = {})
{
    out += '{';
    if (!context.empty()) {
        append_name(out, "@odata.context");
        append_string(out, context);
    }
    append_name(out, "id");
    append_string(out, category.id);
    append_name(out, "displayName");
    append_string(out, category.display_name);
    append_name(out, "color");
    append_string(out, category.color);
    out += '}';
}

struct Given {
    std::string name;
    std::string color;
};

Given read_category(const boost::json::object& body)
{
    Given given;
    for (const auto& [key, value] : body) {
        if (key.find("@odata") != std::string_view::npos)
            continue;
        std::string* const into = same_name(key, "displayName") ? &given.name
                                  : same_name(key, "color")     ? &given.color
                                                                : nullptr;
        if (!into)
            throw errors::unknown_body_property(key, "outlookCategory");
        if (!value.is_string())
            throw errors::bad_request(
                fmt::format("The property '{}' must be text.", std::string_view(key)));
        *into = value.get_string();
    }
    // Enumeration values of requests may be written in upper case (G-334).
    std::transform(given.color.begin(), given.color.end(), given.color.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (!given.color.empty() && !is_color(given.color))
        throw errors::bad_request("The color is not one of categoryColor.");
    return given;
}

} // namespace

std::vector<std::string> Graph::spelling(Mailbox& mailbox, std::vector<std::string> names) const
{
    if (switches.master_spelling)
        for (std::string& name : names)
            for (const Category& listed : mailbox.categories())
                if (same_folded(listed.display_name, name))
                    name = listed.display_name;
    return names;
}

Answer Graph::route_categories(Call& call, std::size_t at)
{
    Mailbox& mailbox = *call.mailbox;
    auto& categories = mailbox.categories();
    const std::string_view id = call.word(at);
    const std::string context = fmt::format(
        "{}/v1.0/$metadata#users('{}')/outlook/masterCategories", call.request.base, mailbox.id());
    if (id.empty() && call.is("GET")) {
        std::string out = "{";
        append_name(out, "@odata.context");
        append_string(out, context);
        append_name(out, "value");
        out += '[';
        for (const Category& category : categories) { // a $filter is ignored (G-165)
            if (out.back() != '[')
                out += ',';
            append_category(out, category);
        }
        return json_answer(out + "]}");
    }
    if (id.empty() && call.is("POST")) {
        const Given given = read_category(call.body());
        if (given.name.empty() || given.name.size() >= 256)
            throw errors::bad_request("The property 'displayName' is required.");
        if (std::any_of(categories.begin(), categories.end(),
                        [&](const Category& c) { return same_folded(c.display_name, given.name); }))
            throw GraphError{switches.bad_request_on_double ? 400 : 409, "CategoryNameDuplicate",
                             "The category name already exists."};
        categories.push_back({guid_of(mailbox.id() + given.name), given.name,
                              given.color.empty() ? "none" : given.color});
        std::string out;
        append_category(out, categories.back(), context + "/$entity");
        return json_answer(std::move(out), 201);
    }
    const auto found = std::find_if(categories.begin(), categories.end(),
                                    [&](const Category& c) { return same_name(c.id, id); });
    if (found == categories.end())
        throw errors::item_not_found();
    if (call.is("DELETE")) {
        categories.erase(found); // items keep the name (G-161)
        return no_content();
    }
    if (call.is("PATCH")) {
        const Given given = read_category(call.body());
        if (!given.name.empty() && given.name != found->display_name)
            throw errors::read_only_property();
        if (!given.color.empty())
            found->color = given.color;
    }
    std::string out;
    append_category(out, *found, context + "/$entity");
    return json_answer(std::move(out));
}

} // namespace crmsync::sim
