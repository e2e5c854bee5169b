#include "connector/graph/graph_write.hpp"

#include "base/text.hpp"
#include "connector/graph/graph_json.hpp"
#include "connector/graph/graph_message.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <charconv>

namespace crmsync::graph {

namespace json = boost::json;

namespace {

constexpr std::string_view preset = "preset";

int color_of(std::string_view word)
{
    int number = -1;
    if (word.starts_with(preset))
        std::from_chars(word.data() + preset.size(), word.data() + word.size(), number);
    return number >= 0 && number <= 24 ? number : -1;
}

} // namespace

Part category_part(const CategoryWrite& write, const Urls& urls)
{
    json::array names;
    for (const std::string& name : write.categories)
        names.emplace_back(name);
    Part part;
    part.method = net::Method::patch;
    part.path = urls.message(write.key.id, "");
    part.headers = {{"Content-Type", "application/json"},
                    {"Prefer", R"(return=minimal, IdType="ImmutableId")"}};
    if (!write.expected.value.empty())
        part.headers.push_back({"If-Match", fmt::format("W/\"{}\"", write.expected.value)});
    json::object body;
    body["categories"] = std::move(names);
    part.body = with_halves_escaped(json::serialize(body));
    return part;
}

Part master_category_part(const MasterCategory& category, const Urls& urls)
{
    json::object body;
    body["displayName"] = category.name;
    body["color"] = category.color < 0 ? "none" : fmt::format("{}{}", preset, category.color);
    Part part;
    part.method = net::Method::post;
    part.path = urls.master_categories();
    part.headers = {{"Content-Type", "application/json"}};
    part.body = json::serialize(body);
    return part;
}

std::optional<Version> version_after(const PartAnswer& answer)
{
    const std::string_view version = version_in_etag(net::find(answer.headers, "ETag"));
    if (version.empty())
        return std::nullopt;
    return Version(std::string(version));
}

std::vector<MasterCategory> read_master_categories(const json::value& answer)
{
    std::vector<MasterCategory> categories;
    const json::value* value = member(answer, "value");
    const json::array* list = value ? value->if_array() : nullptr;
    if (!list)
        return categories;
    for (const json::value& entry : *list)
        if (const auto name = text_at(entry, "displayName"))
            categories.push_back({clean_utf8(*name), color_of(text_at(entry, "color").value_or("")),
                                  std::string(text_at(entry, "id").value_or(""))});
    return categories;
}

} // namespace crmsync::graph
