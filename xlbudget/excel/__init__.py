"""In Excel: the ribbon, the macros and the cell functions, and how they are built without Excel.

registry      one list of commands and cell functions; everything below is made from it
ribbon        the ribbon as customUI XML, and the checker of it
wrappers      VBA that is generated: macros, cell functions, Korean texts in ASCII
sources       the VBA project: hand-written modules, generated ones, and xlwings' own module
compression, cfb, ovba    vbaProject.bin from text (MS-OVBA in an MS-CFB container)
buttons       form buttons on a sheet
package       표준예산서.xlsm and xlbudget.xlam
macros        what a click runs; desk is what a macro may ask of Excel, undo what it remembers
functions     the cell functions; udfs hands them to xlwings
install, doctor, bundle   onto an office's PCs
"""
