#include "simulator/folder_names.hpp"

#include <algorithm>
#include <array>

namespace crmsync::sim {

namespace {

constexpr std::array folders{
    DefaultFolder{"inbox", "Inbox", "Posteingang", "Boîte de réception", "Inkorgen", false, false},
    DefaultFolder{"drafts", "Drafts", "Entwürfe", "Brouillons", "Utkast", false, false},
    DefaultFolder{"sentitems", "Sent Items", "Gesendete Elemente", "Éléments envoyés", "Skickat",
                  false, false},
    DefaultFolder{"deleteditems", "Deleted Items", "Gelöschte Elemente", "Éléments supprimés",
                  "Borttaget", false, false},
    DefaultFolder{"archive", "Archive", "Archiv", "Archive", "Arkiv", false, false},
    DefaultFolder{"junkemail", "Junk Email", "Junk-E-Mail", "Courrier indésirable", "Skräppost",
                  false, false},
    DefaultFolder{"outbox", "Outbox", "Postausgang", "Boîte d'envoi", "Utkorgen", false, false},
    DefaultFolder{"conversationhistory", "Conversation History", "Aufgezeichnete Unterhaltungen",
                  "Historique des conversations", "Konversationshistorik", false, false},
    DefaultFolder{"syncissues", "Sync Issues", "Synchronisierungsprobleme",
                  "Problèmes de synchronisation", "Synkroniseringsproblem", true, false},
    DefaultFolder{"recoverableitemsdeletions", "Deletions", "Deletions", "Deletions", "Deletions",
                  true, true},
    DefaultFolder{"searchfolders", "Finder", "Finder", "Finder", "Finder", true, true},
};

constexpr std::array categories{
    DefaultCategory{"Red category", "Rote Kategorie", "Catégorie Rouge", "Röd kategori", "preset0"},
    DefaultCategory{"Orange category", "Orange Kategorie", "Catégorie Orange", "Orange kategori",
                    "preset1"},
    DefaultCategory{"Yellow category", "Gelbe Kategorie", "Catégorie Jaune", "Gul kategori",
                    "preset3"},
    DefaultCategory{"Green category", "Grüne Kategorie", "Catégorie Verte", "Grön kategori",
                    "preset4"},
    DefaultCategory{"Blue category", "Blaue Kategorie", "Catégorie Bleue", "Blå kategori",
                    "preset7"},
    DefaultCategory{"Purple category", "Lila Kategorie", "Catégorie Violette", "Lila kategori",
                    "preset8"},
};

template <class Named>
std::string_view pick(const Named& named, std::string_view language)
{
    if (language.starts_with("de"))
        return named.de;
    if (language.starts_with("fr"))
        return named.fr;
    if (language.starts_with("sv"))
        return named.sv;
    return named.en;
}

} // namespace

std::span<const DefaultFolder> default_folders() { return folders; }
std::span<const DefaultCategory> default_categories() { return categories; }

std::string_view localised(const DefaultFolder& folder, std::string_view language)
{
    return pick(folder, language);
}

std::string_view localised(const DefaultCategory& category, std::string_view language)
{
    return pick(category, language);
}

bool is_well_known(std::string_view name)
{
    constexpr std::string_view without_folder[] = {
        "msgfolderroot", "clutter", "scheduled", "conflicts", "localfailures", "serverfailures"};
    return std::any_of(folders.begin(), folders.end(),
                       [&](const DefaultFolder& f) { return f.well_known == name; }) ||
           std::find(std::begin(without_folder), std::end(without_folder), name) !=
               std::end(without_folder);
}

} // namespace crmsync::sim
